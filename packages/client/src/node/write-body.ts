import type { Writable } from 'node:stream'
import type { TransportRequest } from '../transport.ts'

/** Sends a body as fast as the other end takes it; leaves it when that wants no more. Throws what the body throws. */
export async function writeBody(stream: Writable, body: NonNullable<TransportRequest['body']>): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    stream.end(body)
    return
  }
  for await (const chunk of body) {
    // Leaving the loop tells the body that nobody reads it any more.
    if (stream.closed || stream.destroyed) return
    if (!stream.write(chunk)) await drained(stream)
  }
  stream.end()
}

/** Resolves when the stream takes more, or nothing ever again. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed || stream.destroyed) {
      resolve()
      return
    }
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle)
      resolve()
    }
    stream.on('drain', settle).on('close', settle)
  })
}
