import type { Writable } from 'node:stream'
import type { AbortSource } from '../request/abort-source.ts'
import type { ByteSink } from '../request/api-response.ts'

type SinkTarget = Pick<
  Writable,
  'write' | 'once' | 'off' | 'writableNeedDrain' | 'writableLength' | 'destroyed' | 'writableEnded'
>

/** A sink over a response of node:http or node:http2. Bytes for a client that is gone are dropped. */
export class WritableSink implements ByteSink {
  readonly #target: SinkTarget
  readonly #abort: AbortSource

  constructor(target: SinkTarget, abort: AbortSource) {
    this.#target = target
    this.#abort = abort
  }

  write(chunk: Uint8Array): boolean {
    if (this.#target.destroyed || this.#target.writableEnded) return true
    return this.#target.write(chunk)
  }

  drained(): Promise<void> {
    const target = this.#target
    if (target.destroyed || !target.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        target.off('drain', done)
        target.off('close', done)
        resolve()
      }
      target.once('drain', done)
      target.once('close', done)
    })
  }

  get buffered(): number {
    return this.#target.writableLength
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }
}
