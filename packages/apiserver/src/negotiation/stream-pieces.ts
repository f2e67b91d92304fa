import { setImmediate } from 'node:timers/promises'
import type { ByteSink, ResponseWriter } from '../request/api-response.ts'

/** How long pieces are made in one go, in milliseconds, before other requests get their turn. */
const sliceLimit = 4
const chunkSize = 64 * 1024

/** What came of reading pieces until they ended, there were enough bytes, or the turn was over. */
export interface CollectedPieces {
  /** The bytes so far. */
  readonly bytes: Uint8Array
  /** Undefined when there are no more. */
  readonly rest: Iterator<Uint8Array> | undefined
}

/** Reads pieces until there are more than `limit` bytes, or the time slice is over. */
export function collectPieces(pieces: Iterable<Uint8Array>, limit: number): CollectedPieces {
  const iterator = pieces[Symbol.iterator]()
  const collected: Uint8Array[] = []
  const start = performance.now()
  let length = 0
  let count = 0
  for (;;) {
    const next = iterator.next()
    if (next.done === true) return { bytes: Buffer.concat(collected, length), rest: undefined }
    collected.push(next.value)
    length += next.value.length
    count += 1
    if (length > limit || (count % 16 === 0 && performance.now() - start > sliceLimit)) {
      return { bytes: Buffer.concat(collected, length), rest: iterator }
    }
  }
}

/** A writer of what was collected and of all that follows, in chunks of 64 KiB, at the pace of the client. */
export function pieceWriter({ bytes, rest }: CollectedPieces): ResponseWriter {
  return async (sink) => {
    if (bytes.length > 0 && !sink.write(bytes)) await sink.drained()
    if (rest !== undefined) await writePieces(rest, sink)
  }
}

async function writePieces(pieces: Iterator<Uint8Array>, sink: ByteSink): Promise<void> {
  const { signal } = sink
  let chunk = Buffer.allocUnsafe(chunkSize)
  let used = 0
  let sliceStart = performance.now()
  for (let count = 1; ; count += 1) {
    const next = pieces.next()
    if (next.done === true) break
    const piece = next.value
    if (used + piece.length > chunkSize) {
      if (signal.aborted) return
      if (!sink.write(chunk.subarray(0, used))) await sink.drained()
      chunk = Buffer.allocUnsafe(Math.max(chunkSize, piece.length))
      used = 0
    }
    chunk.set(piece, used)
    used += piece.length
    if (count % 16 === 0 && performance.now() - sliceStart > sliceLimit) {
      await setImmediate()
      if (signal.aborted) return
      sliceStart = performance.now()
    }
  }
  if (used > 0) sink.write(chunk.subarray(0, used))
}
