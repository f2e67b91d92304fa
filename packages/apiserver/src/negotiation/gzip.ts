import { once } from 'node:events'
import { promisify } from 'node:util'
import { constants, createGzip, gzip } from 'node:zlib'
import type { ApiRequest } from '../request/api-request.ts'
import type { ByteSink, ResponseHeaders } from '../request/api-response.ts'

/** Bodies up to this many bytes are never compressed. */
export const gzipThreshold: number = 128 * 1024

const options = { level: constants.Z_BEST_SPEED }
const compress = promisify(gzip)

/** The headers of a compressed body. */
export const gzipHeaders: ResponseHeaders = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }

/** Whether the client takes gzip: the bare token, as clients send it. */
export function acceptsGzip(request: Pick<ApiRequest, 'headers'>): boolean {
  const header = request.headers['accept-encoding']
  if (header === undefined) return false
  return header === 'gzip' || header.split(',').some((token) => token.trim() === 'gzip')
}

/** Compresses a whole body outside the event loop. */
export function gzipBody(body: Uint8Array): Promise<Uint8Array> {
  return compress(body, options)
}

/**
 * Runs `write` with a sink that compresses into `sink`, with the same back-pressure. Resolves when the last compressed
 * byte has been handed on.
 */
export async function throughGzip(sink: ByteSink, write: (compressed: ByteSink) => Promise<void>): Promise<void> {
  const stream = createGzip(options)
  const { signal } = sink
  const give = async (): Promise<void> => {
    for await (const chunk of stream) {
      if (!sink.write(chunk as Uint8Array)) await sink.drained()
    }
  }
  const given = give()
  const compressed: ByteSink = {
    signal,
    write: (chunk) => stream.write(chunk),
    drained: async () => {
      if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain'), given])
    },
    get buffered() {
      return stream.writableLength + sink.buffered
    },
  }
  try {
    await write(compressed)
    stream.end()
    await given
  } catch (error) {
    stream.destroy()
    await Promise.allSettled([given])
    throw error
  }
}
