import type { ApiResponse, ByteSink } from '@fairlead/apiserver'

/** The beginning of a response: all of its body where that is short, otherwise the response as if nobody had looked. */
export type Peeked = { readonly whole: Uint8Array } | { readonly rest: ApiResponse }

/**
 * Reads up to `limit` bytes of a body. What is longer waits, and no more of it is read, until somebody takes the response.
 * Rejects when the body breaks off before that.
 */
export async function peek(response: ApiResponse, limit: number): Promise<Peeked> {
  const { body } = response
  if (typeof body !== 'function') return { whole: Buffer.from(body ?? '') }
  const chunks: Uint8Array[] = []
  const leaving = new AbortController()
  let size = 0
  let taker: ByteSink | undefined
  let takeIt: () => void = () => undefined
  const taken = new Promise<void>((resolve) => {
    takeIt = resolve
  })
  const sink = (isLong: () => void): ByteSink => ({
    write(chunk) {
      if (taker !== undefined) return taker.write(chunk)
      chunks.push(chunk)
      size += chunk.length
      if (size <= limit) return true
      isLong()
      return false
    },
    drained: async () => {
      await taken
      await taker?.drained()
    },
    get buffered() {
      return taker?.buffered ?? size
    },
    signal: leaving.signal,
  })
  let written: Promise<void> = Promise.resolve()
  const ended = await new Promise<boolean>((resolve, reject) => {
    written = body(sink(() => resolve(false)))
    written.then(() => resolve(true), reject)
  })
  if (ended) return { whole: Buffer.concat(chunks) }
  return {
    rest: {
      ...response,
      async body(to) {
        const leave = (): void => leaving.abort(to.signal.reason)
        if (to.signal.aborted) leave()
        else to.signal.addEventListener('abort', leave)
        for (const chunk of chunks) to.write(chunk)
        taker = to
        takeIt()
        await written.finally(() => to.signal.removeEventListener('abort', leave))
      },
    },
  }
}
