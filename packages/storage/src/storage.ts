/**
 * The revisioned store contract. One global revision, +1 per committed transaction; a multi-key transaction shares it.
 * Drivers: memory (here), LMDB and etcd (packages of their own); all pass `storageConformance` in `testing/`.
 *
 * Holds for every driver:
 * 1. A transaction is acknowledged, and its change delivered to watchers, only after it is durable.
 * 2. Watchers see every change under their prefix exactly once, in revision order.
 * 3. Revisions never repeat and never go back, also over a crash.
 * 4. A watcher of an embedded driver has seen a change before the transaction that made it is acknowledged.
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
  /** All changes under the prefix of one or more whole transactions, in order. Must not throw. */
  onChanges(changes: readonly Change[]): void
  /** The watch ended for a reason other than `close`: `CompactedError` or a failed driver. */
  onError(error: Error): void
}

export interface StorageWatch {
  close(): void
}

export interface Storage {
  get(key: string, options?: { readonly at?: Revision }): Promise<{ revision: Revision; item: KeyValue | undefined }>
  /** Keys under `prefix`, bytewise ascending. */
  range(prefix: string, options?: RangeOptions): Promise<RangeResult>
  /** Applies all `writes` when every expectation holds, otherwise nothing. */
  transaction(expect: readonly Expectation[], writes: readonly Write[]): Promise<TransactionResult>
  /** Changes with a revision greater than `from`. */
  watch(prefix: string, from: Revision, handler: WatchHandler): StorageWatch
  /** The newest committed revision. */
  currentRevision(): Promise<Revision>
  /** Forgets history up to and including `revision`: reads and watches below it fail with `CompactedError`. */
  compact(revision: Revision): Promise<void>
  /** Bytes on disk or in memory, for metrics. */
  size(): Promise<number>
  /** Rejects when the store cannot take writes. */
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
