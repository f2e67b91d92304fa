import type { Revision } from '@fairlead/storage'
import { logRevision } from './records.ts'
import type { Tables } from './tables.ts'

/** How much of the past a store keeps. */
export interface LogBounds {
  /** Changes. */
  readonly count: number
  /** Bytes of records before and after each change; roughly, for a removed change counts as an average one. */
  readonly bytes: number
}

/** What the log amounts to. */
export interface LogSize {
  readonly floor: Revision
  readonly count: number
  readonly bytes: number
}

/**
 * Removes up to `budget` of the oldest changes: those up to the floor, and while the log exceeds its bounds the oldest
 * revision, which becomes the floor. Of a revision at the floor some changes may be left for the next time; nobody
 * reads them. Within a write transaction.
 */
export function trimLog({ log }: Tables, size: LogSize, bounds: LogBounds, budget: number): LogSize {
  let { floor, count, bytes } = size
  const removed: Buffer[] = []
  for (const key of log.getKeys({ limit: budget })) {
    const revision = logRevision(key)
    if (revision > floor) {
      if (count <= bounds.count && bytes <= bounds.bytes) break
      floor = revision
    }
    removed.push(key)
    bytes -= bytes / count
    count--
  }
  for (const key of removed) log.removeSync(key)
  return { floor, count, bytes: Math.round(bytes) }
}
