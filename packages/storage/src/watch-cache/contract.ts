import type { KeyValue, Revision } from '../storage.ts'

/**
 * What the owner of a watch cache keeps for each key and for each change. The cache knows bytes, keys and revisions;
 * `view` and `event` let its owner attach what it derives from the bytes (labels, encoded frames) exactly once. Neither
 * may throw: a record that cannot be read needs a view that says so.
 */
export interface WatchCacheAdapter<View, Event> {
  view(record: KeyValue): View
  /** A delete has no `current`; a create has no `previous`. */
  event(change: CacheChange<View>): Event
}

export interface CacheChange<View> {
  readonly revision: Revision
  readonly key: string
  readonly current?: View
  readonly previous?: View
}

export interface CacheListOptions {
  /** Under this key prefix; the cache's whole prefix when absent. */
  readonly prefix?: string
  readonly after?: string
  /** Exactly as of this revision. Throws CompactedError when history does not reach back that far. */
  readonly at?: Revision
}

export interface CacheSnapshot<View> {
  readonly revision: Revision
  /** In bytewise key order. The array is the caller's own. */
  readonly items: readonly { readonly key: string; readonly view: View }[]
}

export interface CacheWatchOptions<Event> {
  readonly prefix?: string
  /** Events with a revision greater than this. Throws CompactedError when history does not reach back that far. */
  readonly from: Revision
  /**
   * The events of one or more whole transactions. What history holds is delivered before `watch` returns; later events
   * are delivered synchronously while a commit is published, before the writer is answered. Must not block; a watcher
   * that throws is ended.
   */
  onEvents(events: readonly Event[]): void
  /** The cache lost its source and starts again, or is closed: the watcher has ended. Not called after `close`. */
  onEnd(): void
}

/**
 * The newest state under a prefix, and a stretch of its past. While it loads, first or again after it has lost its
 * source, reading throws `CacheNotReadyError`.
 */
export interface WatchCache<View, Event> {
  /**
   * Resolves when the cache is loaded, at once when it is. Rejects with `CacheNotReadyError` when it or its
   * store is closed.
   */
  ready(): Promise<void>
  readonly isReady: boolean
  /** What went wrong since the cache was last ready. */
  readonly failure: Error | undefined
  /** The newest revision that this cache has seen: of any key of the store, not only of its own prefix. */
  readonly revision: Revision
  get(key: string): View | undefined
  list(options?: CacheListOptions): CacheSnapshot<View>
  count(prefix?: string): number
  watch(options: CacheWatchOptions<Event>): { close(): void }
  /**
   * True once `revision` is reached, false when `timeoutMs` passes or the cache is closed first. It also waits for a
   * load; when a load fails, for the next.
   */
  waitFor(revision: Revision, timeoutMs: number): Promise<boolean>
  close(): void
}

/** The cache is loading, because it is new or because it lost its source (then `cause` says why), or it is closed. */
export class CacheNotReadyError extends Error {
  constructor(cause: Error | undefined) {
    super(cause === undefined ? 'storage is (re)initializing' : `storage is (re)initializing: ${cause.message}`, {
      cause,
    })
    this.name = 'CacheNotReadyError'
  }
}
