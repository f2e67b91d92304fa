import { CompactedError } from '../storage.ts'
import type { Revision } from '../storage.ts'

/** How much a history keeps. A bound is exceeded by at most one transaction. */
export interface HistoryBounds {
  /** Entries. */
  readonly count: number
  /** Sum of the sizes given to `push`. */
  readonly bytes?: number
  /** Entries older than this many milliseconds go, except the youngest `keepCount`. */
  readonly ageMs?: number
  readonly keepCount?: number
  /** Milliseconds; needed with `ageMs`. */
  readonly now?: () => number
}

/** The newest changes, oldest first, of whole transactions only. */
export interface History<Entry> {
  /** Everything after this revision is here. */
  readonly floor: Revision
  readonly length: number
  /** Sum of the sizes given to `push` of what is kept. */
  readonly bytes: number
  push(entry: Entry, bytes: number): void
  /** Applies the bounds; to be called between transactions. */
  trim(): void
  /** Drops all entries up to and including this revision and makes it the floor, if it is above the floor. */
  compact(revision: Revision): void
  /** Entries with a revision greater than this. Throws `CompactedError` below the floor. */
  after(revision: Revision): readonly Entry[]
}

interface Slot<Entry> {
  readonly entry: Entry
  readonly bytes: number
  readonly at: number
}

/** A history that begins behind `floor`. */
export function createHistory<Entry extends { readonly revision: Revision }>(
  initialFloor: Revision,
  bounds: HistoryBounds,
): History<Entry> {
  const { count, bytes: maxBytes = Infinity, ageMs = Infinity, keepCount = 0, now = () => 0 } = bounds
  let slots: (Slot<Entry> | undefined)[] = []
  let start = 0
  let floor = initialFloor
  let bytes = 0

  const dropFirst = (): void => {
    const first = slots[start]
    if (first === undefined) return
    slots[start] = undefined
    start++
    bytes -= first.bytes
    floor = first.entry.revision
  }

  // The places of dropped slots stay in front of the array until they outnumber the rest, so that dropping costs nothing
  // each time.
  const reclaim = (): void => {
    if (start < 64 || start * 2 < slots.length) return
    slots = slots.slice(start)
    start = 0
  }

  const exceeded = (): boolean => {
    const first = slots[start]
    if (first === undefined) return false
    const length = slots.length - start
    return length > count || bytes > maxBytes || (length > keepCount && now() - first.at > ageMs)
  }

  const dropThrough = (revision: Revision): void => {
    for (let first = slots[start]; first && first.entry.revision <= revision; first = slots[start]) dropFirst()
  }

  const indexAfter = (revision: Revision): number => {
    let low = start
    let high = slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const slot = slots[middle]
      if (slot !== undefined && slot.entry.revision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    get floor() {
      return floor
    },
    get bytes() {
      return bytes
    },
    get length() {
      return slots.length - start
    },
    push(entry, size) {
      slots.push({ entry, bytes: size, at: now() })
      bytes += size
    },
    trim() {
      while (exceeded()) {
        dropFirst()
        dropThrough(floor)
      }
      reclaim()
    },
    compact(revision) {
      if (revision <= floor) return
      dropThrough(revision)
      floor = revision
      reclaim()
    },
    after(revision) {
      if (revision < floor) throw new CompactedError(floor)
      return slots.slice(indexAfter(revision)).flatMap((slot) => (slot === undefined ? [] : [slot.entry]))
    },
  }
}
