import { FifoMap } from '../fifo-map.ts'
import type { ObjectKey } from '../object-key.ts'

/** What a handler has not heard yet of one object. */
interface Pending<T> {
  /** What the handler saw last; undefined when it knows of no such object. */
  readonly seen: T | undefined
  /** The object that it saw is gone, also when another one of that name is here now. */
  gone: { readonly object: T; readonly finalStateUnknown: boolean } | undefined
  now: T | undefined
  isInitial: boolean
}

/** One thing to tell a handler. */
export type Notification<T> =
  | { readonly type: 'add'; readonly object: T; readonly isInInitialList: boolean }
  | { readonly type: 'update'; readonly before: T; readonly after: T }
  | { readonly type: 'delete'; readonly object: T; readonly finalStateUnknown: boolean }

/**
 * The changes that one handler has not heard of, at most one an object: a slow handler costs as much as there are objects,
 * however much changes. An object keeps its place in the queue when it changes again.
 */
export class PendingChanges<T> {
  readonly #pending = new FifoMap<ObjectKey, Pending<T>>()
  #initial = 0

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** How many objects of the initial list are still to be told. */
  get initialLeft(): number {
    return this.#initial
  }

  added(key: ObjectKey, object: T, isInitial: boolean): void {
    const pending = this.#pending.get(key) ?? this.#insert(key, undefined)
    pending.now = object
    if (isInitial && !pending.isInitial) {
      pending.isInitial = true
      this.#initial += 1
    }
  }

  updated(key: ObjectKey, before: T, after: T): void {
    const pending = this.#pending.get(key) ?? this.#insert(key, before)
    pending.now = after
  }

  deleted(key: ObjectKey, object: T, finalStateUnknown: boolean): void {
    const pending = this.#pending.get(key) ?? this.#insert(key, object)
    pending.now = undefined
    if (pending.seen === undefined) this.#remove(key, pending)
    else pending.gone ??= { object, finalStateUnknown }
  }

  /** Takes the next object's changes: one notification, or two when it was replaced by another of its name. */
  take(): Notification<T>[] {
    const [, oldest] = this.#pending.take() ?? []
    if (oldest === undefined) return []
    if (oldest.isInitial) this.#initial -= 1
    return notifications(oldest)
  }

  clear(): void {
    this.#pending.clear()
    this.#initial = 0
  }

  #insert(key: ObjectKey, seen: T | undefined): Pending<T> {
    const pending: Pending<T> = { seen, gone: undefined, now: seen, isInitial: false }
    this.#pending.set(key, pending)
    return pending
  }

  #remove(key: ObjectKey, pending: Pending<T>): void {
    this.#pending.delete(key)
    if (pending.isInitial) this.#initial -= 1
  }
}

function notifications<T>({ seen, gone, now, isInitial }: Pending<T>): Notification<T>[] {
  const told: Notification<T>[] = []
  if (gone !== undefined) told.push({ type: 'delete', ...gone })
  if (now !== undefined) {
    if (seen === undefined || gone !== undefined) told.push({ type: 'add', object: now, isInInitialList: isInitial })
    else told.push({ type: 'update', before: seen, after: now })
  }
  return told
}
