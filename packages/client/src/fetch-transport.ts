import { readBytes } from './read-body.ts'
import { ConnectionError, type Transport } from './transport.ts'

/** Calls a server with the platform's `fetch`: in a browser, or through `kubectl proxy`. */
export function createFetchTransport(options: {
  /** What precedes every path, such as `http://127.0.0.1:8001`; empty for the page's own origin. */
  readonly baseUrl: string
  readonly fetch?: typeof fetch
  /** Headers for every call, asked for anew each time. */
  readonly headers?: () => Readonly<Record<string, string>>
}): Transport {
  const call = options.fetch ?? globalThis.fetch.bind(globalThis)
  return async ({ method, path, headers = {}, body, signal }) => {
    const given = Object.entries({ ...options.headers?.(), ...headers }).filter(([, value]) => value !== undefined)
    const whole = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : readBytes(body)
    const response = await connected(signal, async () =>
      call(`${options.baseUrl}${path}`, {
        method,
        headers: given as [string, string][],
        // What the DOM's types call a body: a view of a buffer that is not shared.
        ...(whole === undefined ? {} : { body: (await whole) as string | Uint8Array<ArrayBuffer> }),
        ...(signal === undefined ? {} : { signal }),
      }),
    )
    const chunks = bodyOf(response, signal)
    const bytes = (): Promise<Uint8Array> => readBytes(chunks)
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: chunks,
      bytes,
      text: async () => new TextDecoder().decode(await bytes()),
    }
  }
}

async function* bodyOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  try {
    for (;;) {
      const { done, value } = await connected(signal, () => reader.read())
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

async function connected<Value>(signal: AbortSignal | undefined, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call()
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw new ConnectionError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
