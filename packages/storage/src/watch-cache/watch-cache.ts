import { systemStorageClock, yieldToLoop } from '../driver/clock.ts'
import type { StorageClock } from '../driver/clock.ts'
import type { HistoryBounds } from '../driver/history.ts'
import { StorageClosedError } from '../storage.ts'
import type { Storage, StorageWatch } from '../storage.ts'
import { createCacheState } from './cache-state.ts'
import type { CacheState } from './cache-state.ts'
import { CacheNotReadyError } from './contract.ts'
import type { WatchCache, WatchCacheAdapter } from './contract.ts'
import { createRevisionWaiters } from './revision-waiters.ts'

/** What a watch cache holds, and how much of the past. */
export interface WatchCacheOptions<View, Event> {
  readonly storage: Storage
  readonly prefix: string
  readonly adapter: WatchCacheAdapter<View, Event>
  readonly clock?: StorageClock
  /** The most events kept; 10,000 unless told. */
  readonly historyLimit?: number
  /** The most bytes of values that kept events hold on to; 32 MiB unless told. */
  readonly historyBytes?: number
  /** Events older than this many milliseconds go, except the youngest 100; five minutes unless told. */
  readonly historyAgeMs?: number
}

/** Records turned into views between two turns of the event loop: at 20 µs each that stays under 5 ms. */
const loadSlice = 200
const keptEvents = 100
const firstRetryMs = 50
const longestRetryMs = 5000

/**
 * Starts to load everything under a prefix and follows it from then on. When the store ends the watch, all watchers of
 * the cache end, and it loads anew, waiting between attempts. A closed store is not tried again.
 */
export function createWatchCache<View, Event>(options: WatchCacheOptions<View, Event>): WatchCache<View, Event> {
  const { storage, prefix, adapter, clock = systemStorageClock } = options
  const bounds: HistoryBounds = {
    count: options.historyLimit ?? 10_000,
    bytes: options.historyBytes ?? 33_554_432,
    ageMs: options.historyAgeMs ?? 300_000,
    keepCount: keptEvents,
    now: () => clock.now(),
  }
  const revisionWaiters = createRevisionWaiters(clock)
  const readyWaiters = new Set<{ resolve(): void; reject(error: Error): void }>()
  let state: CacheState<View, Event> | undefined
  let failure: Error | undefined
  let source: StorageWatch | undefined
  let cancelRetry = (): void => undefined
  let attempts = 0
  let closed = false

  const becomeReady = (loaded: CacheState<View, Event>): void => {
    state = loaded
    failure = undefined
    attempts = 0
    for (const waiter of readyWaiters) waiter.resolve()
    readyWaiters.clear()
  }

  const rejectWaiters = (): void => {
    for (const waiter of readyWaiters) waiter.reject(new CacheNotReadyError(failure))
    readyWaiters.clear()
  }

  const lose = (error: unknown): void => {
    if (closed) return
    const lost = state
    state = undefined
    failure = error instanceof Error ? error : new Error(String(error))
    source?.close()
    source = undefined
    lost?.end()
    if (failure instanceof StorageClosedError) {
      rejectWaiters()
      return
    }
    cancelRetry = clock.after(Math.min(firstRetryMs * 2 ** attempts++, longestRetryMs), start)
  }

  const start = (): void => {
    load().catch(lose)
  }

  const load = async (): Promise<void> => {
    const { revision, items } = await storage.range(prefix)
    const loading = createCacheState({ loaded: revision, prefix, adapter, bounds })
    for (const [index, record] of items.entries()) {
      if (index % loadSlice === loadSlice - 1) await yieldToLoop()
      if (closed) return
      loading.load(record)
    }
    if (closed) return
    source = storage.watch(prefix, revision, {
      onChanges(changes) {
        loading.apply(changes)
        if (state === loading) revisionWaiters.reached(loading.revision)
      },
      onProgress(reached) {
        loading.advance(reached)
        if (state === undefined) becomeReady(loading)
        revisionWaiters.reached(loading.revision)
      },
      onError: lose,
    })
  }

  const current = (): CacheState<View, Event> => {
    if (state === undefined) throw new CacheNotReadyError(failure)
    return state
  }

  start()
  return {
    ready() {
      if (closed || failure instanceof StorageClosedError) return Promise.reject(new CacheNotReadyError(failure))
      if (state !== undefined) return Promise.resolve()
      return new Promise((resolve, reject) => readyWaiters.add({ resolve, reject }))
    },
    get isReady() {
      return state !== undefined
    },
    get failure() {
      return failure
    },
    get revision() {
      return current().revision
    },
    get: (key) => current().get(key),
    list: (listOptions = {}) => current().list(listOptions),
    count: (countPrefix) => current().count(countPrefix),
    watch: (watchOptions) => current().watch(watchOptions),
    async waitFor(revision, timeoutMs) {
      if (state !== undefined && state.revision >= revision) return true
      return closed ? false : revisionWaiters.wait(revision, timeoutMs)
    },
    close() {
      if (closed) return
      closed = true
      cancelRetry()
      source?.close()
      const last = state
      state = undefined
      last?.end()
      revisionWaiters.close()
      rejectWaiters()
    },
  }
}
