import {
  checkWrites,
  FutureRevisionError,
  StorageClosedError,
  StorageFailedError,
  yieldToLoop,
} from '@fairlead/storage'
import type { Change, Expectation, Revision, TransactionResult, Write } from '@fairlead/storage'
import { applyWrites, refusal } from './apply-transaction.ts'
import { createBatchLimit } from './batch-limit.ts'
import type { FolderLock } from './folder-lock.ts'
import { writeState } from './store-state.ts'
import type { StoreState } from './store-state.ts'
import type { Tables } from './tables.ts'
import { trimLog } from './trim-log.ts'
import type { LogBounds } from './trim-log.ts'

/** What a writer works on. */
export interface WriterOptions {
  readonly tables: Tables
  readonly lock: FolderLock
  readonly folder: string
  /** Where the store stands. */
  readonly state: StoreState
  readonly bounds: LogBounds
  /** Milliseconds since the epoch, for deadlines. */
  now(): number
  /** Called with the changes of a durable commit before its writers are answered. */
  onCommit(changes: readonly Change[], revision: Revision): void
}

/** The only one that writes. */
export interface Writer {
  readonly revision: Revision
  readonly floor: Revision
  readonly transaction: (expected: readonly Expectation[], writes: readonly Write[]) => Promise<TransactionResult>
  readonly compact: (revision: Revision) => Promise<void>
  /** A commit has failed. */
  readonly failed: boolean
  /** Throws when the store cannot take writes. */
  assertHealthy(): void
  /** Answers what was submitted and takes no more. */
  close(): Promise<void>
}

interface Submitted {
  readonly expected: readonly Expectation[]
  readonly writes: readonly Write[]
  readonly resolve: (result: TransactionResult) => void
  readonly reject: (error: Error) => void
}

/*
 * A batch blocks the event loop while it is written and flushed, so it is bounded in number, bytes and time. What it
 * leaves waits for the next turn of the loop.
 */
const batchBytes = 1_048_576
const batchMs = 2
const trimSlice = 300

/**
 * Group commit: everything that was submitted in one turn of the event loop is committed in one transaction of the
 * engine with one flush, in the order of submission, each with a revision of its own. While a batch is written and its
 * writers are answered, the next one gathers. A failed commit is final: nothing is known about what reached the disk,
 * so the writer takes no more, and a new start of the process reads what is there.
 */
export function createWriter(options: WriterOptions): Writer {
  const { tables, lock, folder, bounds } = options
  const { root, log } = tables
  let state = options.state
  let logCount = (log.getStats() as { readonly entryCount: number }).entryCount
  const batchLimit = createBatchLimit()
  let queue: Submitted[] = []
  let scheduled: Promise<void> | undefined
  let failure: StorageFailedError | undefined
  let closed = false

  const assertHealthy = (): void => {
    if (closed) throw new StorageClosedError()
    if (failure !== undefined) throw failure
  }

  const fail = (cause: unknown): StorageFailedError => {
    failure ??= new StorageFailedError(cause)
    const refused = queue
    queue = []
    for (const { reject } of refused) reject(failure)
    return failure
  }

  /** One transaction of the engine; `work` returns the new state, or the old one when there is nothing to keep. */
  const commit = (work: () => StoreState): void => {
    let next = state
    root.transactionSync(() => {
      if (!lock.isHeld()) throw new Error(`another process has taken over the data folder ${folder}`)
      next = work()
      if (next === state) return tables.abort
      writeState(tables, next)
      return undefined
    })
    state = next
  }

  const trim = (untrimmed: StoreState, budget: number): StoreState => {
    const size = { floor: untrimmed.floor, count: logCount, bytes: untrimmed.logBytes }
    const trimmed = trimLog(tables, size, bounds, budget)
    logCount = trimmed.count
    return { ...untrimmed, floor: trimmed.floor, logBytes: trimmed.bytes }
  }

  const attempt = (submitted: Submitted, from: StoreState, changes: Change[]): [TransactionResult, StoreState] => {
    const current = refusal(tables, submitted.expected)
    if (current !== undefined) return [{ ok: false, revision: from.revision, current }, from]
    const revision = from.revision + 1
    const applied = applyWrites(tables, submitted.writes, { revision, now: options.now() })
    if (applied.changes.length === 0) return [{ ok: true, revision: from.revision }, from]
    changes.push(...applied.changes)
    logCount += applied.changes.length
    return [
      { ok: true, revision },
      { ...from, revision, logBytes: from.logBytes + applied.logBytes },
    ]
  }

  const commitBatch = (): void => {
    const changes: Change[] = []
    const results: TransactionResult[] = []
    const limit = batchLimit.transactions
    const started = performance.now()
    try {
      commit(() => {
        let next = state
        for (const submitted of queue) {
          const [result, after] = attempt(submitted, next, changes)
          results.push(result)
          next = after
          const bytes = next.logBytes - state.logBytes
          if (results.length >= limit || bytes > batchBytes || performance.now() - started > batchMs) break
        }
        return next === state ? state : trim(next, changes.length * 2)
      })
    } catch (error) {
      fail(error)
      return
    }
    batchLimit.took(results.length, performance.now() - started)
    const answered = queue.slice(0, results.length)
    queue = queue.slice(results.length)
    if (changes.length > 0) options.onCommit(changes, state.revision)
    for (const [index, { resolve }] of answered.entries()) {
      const result = results[index]
      if (result !== undefined) resolve(result)
    }
  }

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      await yieldToLoop()
      commitBatch()
    }
    scheduled = undefined
  }

  return {
    get revision() {
      return state.revision
    },
    get floor() {
      return state.floor
    },
    async transaction(expected, writes) {
      assertHealthy()
      checkWrites(writes)
      return new Promise((resolve, reject) => {
        queue.push({ expected, writes, resolve, reject })
        scheduled ??= drain()
      })
    },
    async compact(revision) {
      assertHealthy()
      if (revision > state.revision) throw new FutureRevisionError(state.revision)
      if (revision <= state.floor) return
      for (let left = Infinity; left > 0 && !closed; ) {
        const before = logCount
        try {
          commit(() => trim({ ...state, floor: Math.max(state.floor, revision) }, trimSlice))
        } catch (error) {
          throw fail(error)
        }
        left = before - logCount < trimSlice ? 0 : logCount
        if (left > 0) await yieldToLoop()
      }
    },
    get failed() {
      return failure !== undefined
    },
    assertHealthy,
    async close() {
      closed = true
      await scheduled
    },
  }
}
