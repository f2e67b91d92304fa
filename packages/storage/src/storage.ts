/**
 * The revisioned store contract. One global revision, +1 per committed transaction; a multi-key transaction shares it.
 * Drivers: memory (here), LMDB and etcd (packages of their own); all pass `storageConformance` in `testing/`.
 *
 * Holds for every driver:
 * 1. A transaction is acknowledged, and its change delivered to watchers, only after it is durable.
 * 2. Watchers see every change under their prefix exactly once, in revision order.
 * 3. Revisions never repeat and never go back, also over a crash.
 * 4. A watcher of an embedded driver that has caught up with history has seen a change before the transaction that
 *    made it is acknowledged.
 * 5. A transaction that changes nothing (no writes, or only deletes of absent keys) takes no revision.
 *
 * The bytes of a value are shared between the store, its watchers and its readers: nobody may modify them, nor the
 * array that was handed to a put.
 */

/** A safe integer; the first transaction of a fresh store gets revision 1 or more. */
export type Revision = number

export interface KeyValue {
  readonly key: string
  readonly value: Uint8Array
  readonly createRevision: Revision
  readonly modRevision: Revision
}

/** Holds when the key's modRevision is exactly this; 0 means that the key is absent. */
export interface Expectation {
  readonly key: string
  readonly modRevision: Revision
}

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array; readonly ttlSeconds?: number }
  | { readonly type: 'delete'; readonly key: string }

export type TransactionResult =
  | { readonly ok: true; readonly revision: Revision }
  /** `current` has one entry an expectation, in the order given; undefined where the key is absent. */
  | { readonly ok: false; readonly revision: Revision; readonly current: readonly (KeyValue | undefined)[] }

export interface RangeOptions {
  /** Only keys greater than this one (bytewise). */
  readonly after?: string
  /** At most this many; 0 or absent means all. */
  readonly limit?: number
  /** Read as of this revision. Throws `CompactedError` below the floor, `FutureRevisionError` above the head. */
  readonly at?: Revision
}

export interface RangeResult {
  /** The revision at which the range was read (`at`, or the head). */
  readonly revision: Revision
  readonly items: readonly KeyValue[]
  /** How many keys follow the last item under the prefix. */
  readonly remaining: number
}

/** One change of one key. A delete has no `current`; a create has no `previous`. */
export interface Change {
  readonly revision: Revision
  readonly key: string
  readonly current?: KeyValue
  readonly previous?: KeyValue
}

export interface WatchHandler {
  /** All changes under the prefix of one or more whole transactions, in order. A handler that throws loses its watch. */
  onChanges(changes: readonly Change[]): void
  /**
   * Every change under the prefix up to and including this revision has been delivered. Called once when the watch has
   * caught up with history, and then after each commit of the store (a remote driver may do so less often), also when
   * the commit touched other prefixes only.
   */
  onProgress?(revision: Revision): void
  /** The watch ended for a reason other than `close`: `CompactedError`, `StorageClosedError` or a failed driver. Must not throw. */
  onError(error: Error): void
}

export interface StorageWatch {
  close(): void
}

export interface Storage {
  get(key: string, options?: { readonly at?: Revision }): Promise<{ revision: Revision; item: KeyValue | undefined }>
  /** Keys that start with `prefix`, in ascending order of their UTF-8 bytes. */
  range(prefix: string, options?: RangeOptions): Promise<RangeResult>
  /**
   * Applies all `writes` when every expectation holds, otherwise nothing. A put without `ttlSeconds` removes the key's
   * expiry. Throws `ValueTooLargeError` for a value over `maxValueBytes`, a `TypeError` when a key occurs twice in
   * `writes`, and `StorageFailedError` when the driver can no longer make writes durable.
   */
  transaction(expect: readonly Expectation[], writes: readonly Write[]): Promise<TransactionResult>
  /**
   * Changes with a revision greater than `from`, which may lie in the past (history is replayed first) or in the
   * future. The handler is never called before `watch` has returned.
   */
  watch(prefix: string, from: Revision, handler: WatchHandler): StorageWatch
  /** The newest committed revision. */
  currentRevision(): Promise<Revision>
  /**
   * Makes `revision` the floor: reads and watches below it fail with `CompactedError`, the floor itself stays readable.
   * A revision at or below the present floor changes nothing; one above the head throws `FutureRevisionError`.
   */
  compact(revision: Revision): Promise<void>
  /** Bytes on disk or in memory, for metrics. */
  size(): Promise<number>
  /** Rejects with `StorageFailedError` or `StorageClosedError` when the store cannot take writes. */
  health(): Promise<void>
  close(): Promise<void>
}

/** The revision asked for lies below the compaction floor. */
export class CompactedError extends Error {
  readonly floor: Revision
  constructor(floor: Revision) {
    super(`required revision has been compacted (floor ${floor})`)
    this.name = 'CompactedError'
    this.floor = floor
  }
}

/** The revision asked for has not been reached. */
export class FutureRevisionError extends Error {
  readonly current: Revision
  constructor(current: Revision) {
    super(`required revision is a future revision (current ${current})`)
    this.name = 'FutureRevisionError'
    this.current = current
  }
}

/** The value is larger than the store takes. */
export class ValueTooLargeError extends Error {
  readonly bytes: number
  constructor(bytes: number) {
    super('etcdserver: request is too large')
    this.name = 'ValueTooLargeError'
    this.bytes = bytes
  }
}

/** The driver can no longer make writes durable; `cause` says why. Only a new start of the process helps. */
export class StorageFailedError extends Error {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`the store takes no more writes because a commit failed: ${reason}`, { cause })
    this.name = 'StorageFailedError'
  }
}

/** The store was closed. */
export class StorageClosedError extends Error {
  constructor() {
    super('the store is closed')
    this.name = 'StorageClosedError'
  }
}
