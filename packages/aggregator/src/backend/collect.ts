import type { ApiResponse, ResponseHeaders } from '@fairlead/apiserver'
import { BackendError } from './backend.ts'

/** A response with all of its body. */
export interface CollectedResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: Uint8Array
}

/** Reads a response to its end. Rejects when it is longer than `limit` bytes. */
export async function collect({ status, headers, body }: ApiResponse, limit: number): Promise<CollectedResponse> {
  if (body === undefined) return { status, headers, body: new Uint8Array(0) }
  if (typeof body !== 'function') return { status, headers, body: Buffer.from(body) }
  const chunks: Uint8Array[] = []
  const abort = new AbortController()
  let size = 0
  await body({
    write(chunk) {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else abort.abort()
      return true
    },
    drained: () => Promise.resolve(),
    buffered: 0,
    signal: abort.signal,
  })
  if (size > limit) throw new BackendError(`the response is longer than ${limit} bytes`, { stage: 'sent' })
  return { status, headers, body: Buffer.concat(chunks) }
}
