import type { LabelSelectorInput } from '../object-types.ts'

/** Every call can be aborted; it then rejects with the signal's reason. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface GetOptions extends CallOptions {
  /** Unset: the newest. `0`: whatever the server has at hand. */
  readonly resourceVersion?: string
}

/** Which objects a list, a watch or a collective deletion covers. */
export interface SelectionOptions extends CallOptions {
  readonly labelSelector?: LabelSelectorInput
  readonly fieldSelector?: string
}

export interface ListOptions extends SelectionOptions {
  readonly limit?: number
  /** The token of the page before. */
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
  readonly timeoutSeconds?: number
}

/** One connection of a watch. */
export interface WatchOnceOptions extends SelectionOptions {
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'NotOlderThan'
  readonly sendInitialEvents?: boolean
  readonly allowWatchBookmarks?: boolean
  readonly timeoutSeconds?: number
}

/** A watch that goes on for as long as anyone wants it. */
export interface WatchOptions extends SelectionOptions {
  /**
   * Only what changed after this version. Without it the present objects come first, as ADDED. With it, a server that has
   * forgotten the version ends the watch with the StatusError `Expired`.
   */
  readonly resourceVersion?: string
  /** Also yields bookmarks: one, with the annotation `initialEventsEnd`, behind the present objects. */
  readonly bookmarks?: boolean
  /** Hears of failures from which the watch recovers by itself. */
  readonly onError?: (error: unknown) => void
}

export interface WriteOptions extends CallOptions {
  readonly dryRun?: boolean
  readonly fieldManager?: string
  /** What the server does with unknown and repeated fields; `Warn` unless told. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
}

export interface PatchOptions extends WriteOptions {
  readonly type: PatchType
  /** Of server-side apply: take fields over from other managers. */
  readonly force?: boolean
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string
  readonly force?: boolean
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  /** The deletion is refused with 409 when the object is another one, or another version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}
