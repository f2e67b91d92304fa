import { allKept, type AuditBackend, type ReportLoss } from './audit-backend.ts'
import { encodeEvent } from './encode-event.ts'
import type { AuditEvent } from './event.ts'
import { recordsAtLeast } from './levels.ts'

/** Bytes that an event, and the events given on at a time, may have. */
export interface TruncationLimits {
  readonly maxEventSize: number
  readonly maxBatchSize: number
}

/** Takes the bodies out of events that are too large, drops those that still are, and splits batches. */
export function truncatingBackend(
  backend: AuditBackend,
  { maxEventSize, maxBatchSize, report }: TruncationLimits & { readonly report: ReportLoss },
): AuditBackend {
  const split = (events: readonly AuditEvent[]): AuditEvent[][] => {
    const batches: AuditEvent[][] = []
    const tooLarge: AuditEvent[] = []
    let batchSize = Number.POSITIVE_INFINITY
    for (const given of events) {
      let [event, size] = [given, sizeOf(given)]
      if (size > maxEventSize && recordsAtLeast(given.request.level, 'Request')) {
        event = withoutBodies(given)
        size = sizeOf(event)
      }
      if (size > maxEventSize) {
        tooLarge.push(event)
        continue
      }
      if (batchSize + size > maxBatchSize) {
        batches.push([])
        batchSize = 0
      }
      batches.at(-1)?.push(event)
      batchSize += size
    }
    if (tooLarge.length > 0) report('truncate', new Error('event is too large even after truncating'), tooLarge)
    return batches
  }
  return {
    process(events) {
      return allKept(split(events).map((batch) => backend.process(batch)))
    },
    close: () => backend.close(),
  }
}

function sizeOf(event: AuditEvent): number {
  return Buffer.byteLength(encodeEvent(event)) + 1
}

function withoutBodies(event: AuditEvent): AuditEvent {
  const annotations = new Map([...event.annotations, ['audit.k8s.io/truncated', 'true']])
  return { ...event, requestObject: undefined, responseObject: undefined, annotations }
}
