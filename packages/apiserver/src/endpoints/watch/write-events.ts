import type { ByteSink } from '../../request/api-response.ts'
import type { EventEncoder } from './event-encoder.ts'
import type { EventQueue } from './event-queue.ts'

const batchSize = 64 * 1024
/** How long frames are made in one go, in milliseconds, before others get their turn. */
const sliceLimit = 4

/**
 * Writes events as they come, those of one turn of the event loop together, at the pace of the client. Resolves when
 * the queue has ended and everything in it is written, or when the client is gone. Rejects when an event cannot be
 * encoded, and when the client is too slow: what it has not read yet will never leave, so its stream must be broken off.
 */
export function writeEvents(queue: EventQueue, encode: EventEncoder, sink: ByteSink): Promise<void> {
  const { signal } = sink
  return new Promise<void>((resolve, reject) => {
    let scheduled = false
    let lagging = false
    const schedule = (): void => {
      if (queue.overflowed) finish(new Error('the client of a watch reads too slowly'))
      if (scheduled || lagging) return
      scheduled = true
      setImmediate(flush)
    }
    const resume = (): void => {
      lagging = false
      schedule()
    }
    const stop = (): void => {
      queue.end({ drop: true })
      finish()
    }
    const finish = (error?: unknown): void => {
      signal.removeEventListener('abort', stop)
      queue.listen(() => {})
      if (error === undefined) resolve()
      else reject(error)
    }
    const flush = (): void => {
      scheduled = false
      if (queue.overflowed) return
      try {
        const outcome = writeBatch(queue, encode, sink)
        if (outcome === 'again') {
          schedule()
        } else if (outcome === 'lag') {
          lagging = true
          sink.drained().then(resume, finish)
        } else if (queue.ended) {
          finish()
        }
      } catch (error) {
        finish(error)
      }
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    else queue.listen(schedule)
  })
}

/** Writes what waits, up to a batch. Says whether the client lags, whether more waits, or neither. */
function writeBatch(queue: EventQueue, encode: EventEncoder, sink: ByteSink): 'lag' | 'again' | undefined {
  const start = performance.now()
  const frames: Uint8Array[] = []
  let length = 0
  let more: 'again' | undefined
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    const frame = encode(event)
    frames.push(frame)
    length += frame.length
    if (length >= batchSize || (frames.length % 16 === 0 && performance.now() - start > sliceLimit)) {
      more = 'again'
      break
    }
  }
  const [only] = frames
  if (only === undefined) return undefined
  const taken = sink.write(frames.length === 1 ? only : Buffer.concat(frames, length))
  return taken ? more : 'lag'
}
