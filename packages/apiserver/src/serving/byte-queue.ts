import type { AbortSource } from '../request/abort-source.ts'
import type { ByteSink } from '../request/api-response.ts'

/** A sink whose bytes are read in the same process. */
export interface ByteQueue {
  readonly sink: ByteSink
  /** What was written, in order. Leaving the loop early counts as the client going away. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** No more bytes will come. */
  end(): void
  /** Readers get this error after the bytes written so far. */
  fail(error: unknown): void
}

const highWaterMark = 64 * 1024

/** Makes a queue. It is full at 64 KiB; `abort` is aborted when the reader leaves. */
export function createByteQueue(abort: AbortSource): ByteQueue {
  const queue: Uint8Array[] = []
  let buffered = 0
  let outcome: { readonly error?: unknown } | undefined
  let wakeReader: (() => void) | undefined
  const waiting: (() => void)[] = []

  const wake = (): void => wakeReader?.()
  const release = (): void => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  const leave = (): void => {
    abort.abort(() => new Error('the client is gone'))
    queue.length = 0
    buffered = 0
    release()
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const onAbort = (): void => {
      release()
      wake()
    }
    abort.signal.addEventListener('abort', onAbort)
    try {
      for (;;) {
        const chunk = queue.shift()
        if (chunk !== undefined) {
          buffered -= chunk.length
          if (buffered === 0) release()
          yield chunk
        } else if (outcome !== undefined) {
          if ('error' in outcome) throw outcome.error
          return
        } else if (abort.signal.aborted) {
          throw abort.signal.reason
        } else {
          await new Promise<void>((resolve) => {
            wakeReader = resolve
          })
        }
      }
    } finally {
      abort.signal.removeEventListener('abort', onAbort)
      leave()
    }
  }

  return {
    sink: {
      write(chunk) {
        if (abort.signal.aborted || outcome !== undefined) return true
        queue.push(chunk)
        buffered += chunk.length
        wake()
        return buffered < highWaterMark
      },
      drained: () =>
        buffered === 0 || abort.signal.aborted
          ? Promise.resolve()
          : new Promise((resolve) => {
              waiting.push(resolve)
            }),
      get buffered() {
        return buffered
      },
      get signal() {
        return abort.signal
      },
    },
    chunks: chunks(),
    end() {
      outcome ??= {}
      wake()
    },
    fail(error) {
      outcome ??= { error }
      wake()
    },
  }
}
