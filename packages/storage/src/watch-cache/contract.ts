import type { KeyValue, Revision } from '../storage.ts'

/**
 * What the owner of a watch cache keeps for each key and for each change. The cache knows bytes, keys and revisions;
 * `view` and `event` let its owner attach what it derives from the bytes (labels, encoded frames) exactly once.
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
  /** Called synchronously while a commit is published; must not block and must not throw. */
  onEvents(events: readonly Event[]): void
  /** The cache lost its source and starts again: the watcher must end. */
  onEnd(): void
}

export interface WatchCache<View, Event> {
  /** Resolves when the first load is done. */
  ready(): Promise<void>
  readonly isReady: boolean
  /** The newest revision that this cache has seen: of any key of the store, not only of its own prefix. */
  readonly revision: Revision
  get(key: string): View | undefined
  list(options?: CacheListOptions): CacheSnapshot<View>
  count(prefix?: string): number
  watch(options: CacheWatchOptions<Event>): { close(): void }
  /** True once `revision` is reached; false when `timeoutMs` passes first. */
  waitFor(revision: Revision, timeoutMs: number): Promise<boolean>
  close(): void
}
