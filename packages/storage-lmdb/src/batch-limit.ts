/** How many transactions a batch may hold, learned from how long batches take. */
export interface BatchLimit {
  readonly transactions: number
  /** A batch of this size blocked the event loop for so long. */
  took(transactions: number, ms: number): void
}

const fewest = 32
const most = 256
const targetMs = 4

/**
 * A batch blocks the event loop until it is flushed, and how long that takes depends on the disk, the sizes of the
 * values and what else the machine does. The limit falls at once when a batch was too slow, and rises slowly while full
 * batches are fast. It never falls so low that a disk with slow flushes would be flushed for a handful of writes.
 */
export function createBatchLimit(): BatchLimit {
  let limit = 128
  return {
    get transactions() {
      return Math.floor(limit)
    },
    took(transactions, ms) {
      if (ms > targetMs) limit = Math.max(fewest, Math.min(limit, transactions) * 0.8)
      else if (transactions >= Math.floor(limit) && ms < targetMs / 2) limit = Math.min(most, limit * 1.1)
    },
  }
}
