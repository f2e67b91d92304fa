import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { JsonValue } from '@fairlead/apimachinery'
import { type Credentials, readCredentials } from './kubeconfig-credentials.ts'
import { WatchStream } from './watch-stream.ts'

/** A complete response. */
export interface Answer<Body = ApiBody> {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
  /** The JSON body; throws when it is none. */
  readonly json: Body
}

/** The parts of objects, lists and statuses that tests look at. */
export interface ApiBody {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly creationTimestamp: string
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly finalizers?: readonly string[]
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly ApiBody[]
  readonly message?: string
  readonly reason?: string
  readonly code?: number
  readonly data?: Readonly<Record<string, string>>
  readonly spec: Readonly<Record<string, JsonValue>>
  readonly status: JsonValue
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes and text are sent as they are; anything else as JSON. */
  readonly body?: Uint8Array | string | object | undefined
  /** Content-Type; `application/json` unless told when there is a body. */
  readonly type?: string
  readonly signal?: AbortSignal
}

/** Calls a server over HTTPS and HTTP/1.1, as the owner of its kubeconfig. Paths go out exactly as they are given. */
export interface HttpsClient {
  readonly credentials: Credentials
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(path: string, body: CallOptions['body'], options?: CallOptions): Promise<Answer>
  put(path: string, body: CallOptions['body'], options?: CallOptions): Promise<Answer>
  /** `kind` is `json`, `merge` or `strategic-merge`. */
  patch(path: string, body: CallOptions['body'], kind: 'json' | 'merge' | 'strategic-merge'): Promise<Answer>
  delete(path: string, body?: CallOptions['body']): Promise<Answer>
  /** Opens a watch; throws when the answer is not 200. */
  watch(path: string, headers?: Readonly<Record<string, string>>): Promise<WatchStream>
  close(): void
}

/** A client for the server whose kubeconfig is at `kubeconfig`. */
export async function httpsClient(kubeconfig: string): Promise<HttpsClient> {
  const credentials = await readCredentials(kubeconfig)
  const { host, port, ca, cert, key } = credentials
  const agent = new Agent({ keepAlive: true, ca, cert, key })
  const streams = new Set<WatchStream>()

  const open = (method: string, path: string, options: CallOptions = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { body } = options
      const bytes =
        body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      const headers = {
        ...(bytes === undefined ? {} : { 'content-type': options.type ?? 'application/json' }),
        ...(bytes === undefined || options.headers?.['transfer-encoding'] !== undefined
          ? {}
          : { 'content-length': String(Buffer.byteLength(bytes)) }),
        ...options.headers,
      }
      const call = httpsRequest(
        { agent, host, port, method, path, headers, ...(options.signal ? { signal: options.signal } : {}) },
        resolve,
      )
      call.on('error', reject)
      call.end(bytes)
    })

  const call = async (method: string, path: string, options?: CallOptions) =>
    readAnswer(await open(method, path, options))
  return {
    credentials,
    call,
    get: (path, headers) => call('GET', path, headers === undefined ? {} : { headers }),
    post: (path, body, options) => call('POST', path, { ...options, body }),
    put: (path, body, options) => call('PUT', path, { ...options, body }),
    patch: (path, body, kind) => call('PATCH', path, { body, type: `application/${kind}-patch+json` }),
    delete: (path, body) => call('DELETE', path, { body }),
    async watch(path, headers) {
      const response = await open('GET', path, headers === undefined ? {} : { headers })
      if (response.statusCode !== 200)
        throw new Error(`watch: ${response.statusCode} ${(await readAnswer(response)).text}`)
      const stream = new WatchStream(response)
      streams.add(stream)
      return stream
    },
    close() {
      for (const stream of streams) stream.close()
      agent.destroy()
    },
  }
}

/** Reads a response to its end. */
export async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  return answer(response.statusCode ?? 0, response.headers, bytes)
}

/** An answer made of its parts. */
export function answer(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Answer {
  return {
    status,
    headers,
    bytes,
    get text() {
      return bytes.toString()
    },
    get json() {
      return JSON.parse(bytes.toString()) as ApiBody
    },
  }
}
