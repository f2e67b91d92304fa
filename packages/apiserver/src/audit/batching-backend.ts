import type { Clock } from '@fairlead/apimachinery'
import type { AuditBackend, ReportLoss } from './audit-backend.ts'
import type { AuditEvent } from './event.ts'
import { createTokenBucket } from './token-bucket.ts'

/** How events are put together. */
export interface BatchOptions {
  /** Events that may wait; more are lost. */
  readonly bufferSize: number
  readonly maxBatchSize: number
  /** Milliseconds after which a batch goes out that is not full. */
  readonly maxBatchWait: number
  /** Batches a second; undefined is as fast as they come. */
  readonly throttle?: { readonly qps: number; readonly burst: number }
  /** A batch that goes out takes along everything that waits: for backends to which it makes no difference. */
  readonly takesAll?: boolean
  /** Several batches may be under way at a time. */
  readonly concurrent: boolean
}

/** Takes events at once and gives them on in batches: mode `batch`. Requests never wait for it and never fail by it. */
export function batchingBackend(
  backend: AuditBackend,
  options: BatchOptions & { readonly clock: Clock; readonly report: ReportLoss },
): AuditBackend {
  const { bufferSize, maxBatchSize, maxBatchWait, clock, report } = options
  const turn = options.throttle === undefined ? undefined : createTokenBucket(options.throttle, clock)
  const underWay = new Set<Promise<unknown>>()
  const buffer: AuditEvent[] = []
  let sending: Promise<void> | undefined
  let everything = false
  let cancelWait: (() => void) | undefined
  let closed = false

  /** Sends full batches, and when everything is to go the rest too. */
  const send = async (): Promise<void> => {
    while (buffer.length >= maxBatchSize || (everything && buffer.length > 0)) {
      await turn?.()
      const batch = buffer.splice(0, options.takesAll === true ? buffer.length : maxBatchSize)
      const answer = Promise.resolve(backend.process(batch))
      underWay.add(answer)
      void answer.finally(() => underWay.delete(answer))
      if (!options.concurrent) await answer
    }
    everything = false
    sending = undefined
    waitForMore()
  }
  const start = (): void => {
    cancelWait?.()
    cancelWait = undefined
    sending ??= Promise.resolve().then(send)
  }
  /** Whoever is left waits for company, but not for ever. */
  const waitForMore = (): void => {
    if (buffer.length === 0 || cancelWait !== undefined || sending !== undefined) return
    cancelWait = clock.after(maxBatchWait, () => {
      everything = true
      cancelWait = undefined
      start()
    })
  }

  return {
    process(events) {
      const room = closed ? 0 : Math.max(0, bufferSize - buffer.length)
      const taken = events.slice(0, room)
      buffer.push(...taken)
      if (taken.length < events.length) {
        const text = closed ? 'audit backend shut down' : 'audit buffer queue blocked'
        report('buffered', new Error(text), events.slice(room))
      }
      if (buffer.length >= maxBatchSize) start()
      else waitForMore()
      return true
    },
    async close() {
      closed = true
      everything = true
      start()
      await sending
      await Promise.all(underWay)
      await backend.close()
    },
  }
}
