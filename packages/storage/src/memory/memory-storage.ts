import { checkWrites } from '../driver/check-transaction.ts'
import { systemStorageClock } from '../driver/clock.ts'
import type { StorageClock } from '../driver/clock.ts'
import { createExpirySweep } from '../driver/expiry-sweep.ts'
import { createHistory } from '../driver/history.ts'
import { compareKeys } from '../driver/key-order.ts'
import { createOrderedMap } from '../driver/ordered-map.ts'
import { rewind } from '../driver/rewind.ts'
import { createWatchHub } from '../driver/watch-hub.ts'
import { FutureRevisionError, StorageClosedError } from '../storage.ts'
import type { Change, Expectation, KeyValue, Revision, Storage, TransactionResult, Write } from '../storage.ts'
import { createDeadlines } from './deadlines.ts'

/** How a memory store behaves. */
export interface MemoryStorageOptions {
  readonly clock?: StorageClock
  /** How many changes are kept for reads and watches of the past; 10,000 unless told. */
  readonly historyLimit?: number
  /** How many bytes of replaced values these may hold on to; 64 MiB unless told. */
  readonly historyBytes?: number
}

/** Bookkeeping of one key or change besides its bytes, roughly, for `size`. */
const overheadBytes = 200

/**
 * A store that lives and dies with the process. It starts at revision 1 as etcd does, so that no list is ever at
 * revision 0, which clients read as "any". Transactions commit before `transaction` returns its promise.
 */
export function createMemoryStorage(options: MemoryStorageOptions = {}): Storage {
  const { clock = systemStorageClock, historyLimit = 10_000, historyBytes = 67_108_864 } = options
  const heads = createOrderedMap<KeyValue>()
  const history = createHistory<Change>(0, { count: historyLimit, bytes: historyBytes })
  const deadlines = createDeadlines()
  let revision: Revision = 1
  let headBytes = 0
  let closed = false

  const assertOpen = (): void => {
    if (closed) throw new StorageClosedError()
  }

  const assertReached = (at: Revision): void => {
    if (at > revision) throw new FutureRevisionError(revision)
  }

  const changesAfter = (at: Revision, prefix: string): Change[] => {
    assertReached(at)
    return history.after(at).filter((change) => change.key.startsWith(prefix))
  }

  const apply = (write: Write, next: Revision): Change | undefined => {
    const { key } = write
    const previous = heads.get(key)
    headBytes -= previous === undefined ? 0 : previous.value.byteLength + overheadBytes
    if (write.type === 'delete') {
      if (previous === undefined) return undefined
      heads.delete(key)
      deadlines.delete(key)
      return { revision: next, key, previous }
    }
    const { value, ttlSeconds } = write
    const current = { key, value, createRevision: previous?.createRevision ?? next, modRevision: next }
    heads.set(key, current)
    headBytes += value.byteLength + overheadBytes
    if (ttlSeconds === undefined) deadlines.delete(key)
    else deadlines.set(key, clock.now() + ttlSeconds * 1000)
    return { revision: next, key, current, ...(previous && { previous }) }
  }

  const commit = (writes: readonly Write[]): TransactionResult => {
    const next = revision + 1
    const changes = writes.map((write) => apply(write, next)).filter((change) => change !== undefined)
    if (changes.length === 0) return { ok: true, revision }
    revision = next
    for (const change of changes) history.push(change, change.previous?.value.byteLength ?? 0)
    history.trim()
    hub.publish(changes, next)
    const deadline = deadlines.earliest()
    if (deadline !== undefined) sweep.expect(deadline)
    return { ok: true, revision: next }
  }

  const transaction = async (
    expected: readonly Expectation[],
    writes: readonly Write[],
  ): Promise<TransactionResult> => {
    assertOpen()
    checkWrites(writes)
    const current = expected.map(({ key }) => heads.get(key))
    const holds = expected.every((expectation, index) => (current[index]?.modRevision ?? 0) === expectation.modRevision)
    return holds ? commit(writes) : { ok: false, revision, current }
  }

  const hub = createWatchHub({
    revision: () => revision,
    replay: (prefix, after) => ({ changes: changesAfter(after, prefix), through: revision }),
  })
  const sweep = createExpirySweep({
    clock,
    earliest: () => deadlines.earliest(),
    expired: (now, limit) =>
      deadlines.due(now, limit).map((key) => ({ key, modRevision: heads.get(key)?.modRevision ?? 0 })),
    transaction,
  })

  return {
    async get(key, { at } = {}) {
      assertOpen()
      if (at === undefined) return { revision, item: heads.get(key) }
      const undo = changesAfter(at, key).find((change) => change.key === key)
      return { revision: at, item: undo === undefined ? heads.get(key) : undo.previous }
    },
    async range(prefix, { after, limit = 0, at } = {}) {
      assertOpen()
      if (at === undefined) {
        const items = heads.range(prefix, after, limit)
        const last = items.at(-1)?.key ?? after
        return { revision, items, remaining: limit > 0 ? heads.count(prefix, last) : 0 }
      }
      const undos = changesAfter(at, prefix).filter(({ key }) => after === undefined || compareKeys(key, after) > 0)
      const items = rewind(heads.range(prefix, after), undos)
      const page = limit > 0 ? items.slice(0, limit) : items
      return { revision: at, items: page, remaining: items.length - page.length }
    },
    transaction,
    watch(prefix, from, handler) {
      assertOpen()
      return hub.watch(prefix, from, handler)
    },
    async currentRevision() {
      assertOpen()
      return revision
    },
    async compact(floor) {
      assertOpen()
      assertReached(floor)
      history.compact(floor)
    },
    size: async () => headBytes + history.bytes + history.length * overheadBytes,
    async health() {
      assertOpen()
    },
    async close() {
      closed = true
      sweep.close()
      hub.end(new StorageClosedError())
    },
  }
}
