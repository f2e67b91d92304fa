import type { ObjectKey } from '../object-key.ts'
import type { ObjectLike } from '../object-types.ts'

/** The values under which an index finds an object. */
export type Indexer<T> = (object: T) => readonly string[]

/** The objects that an informer knows. They are shared by all who read them: never change one, copy it. */
export interface Store<T> {
  readonly size: number
  get(key: ObjectKey): T | undefined
  /** All objects, or those of a namespace. A list of its own that later changes do not touch. */
  list(namespace?: string): T[]
  keys(): IterableIterator<ObjectKey>
  /** The objects that an index finds under a value. Throws when there is no such index. */
  byIndex(index: string, value: string): T[]
  /** All values that an index has now. */
  indexValues(index: string): string[]
}

/** The index that every store has. Objects outside of namespaces are found under the empty string. */
export const namespaceIndex = 'namespace'

/** A store that can be written. */
export class IndexedStore<T extends ObjectLike> implements Store<T> {
  readonly #objects = new Map<ObjectKey, T>()
  readonly #indexes = new Map<string, Index<T>>()

  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    this.addIndexer(namespaceIndex, ({ metadata }) => [metadata?.namespace ?? ''])
    for (const [name, indexer] of Object.entries(indexers)) this.addIndexer(name, indexer)
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key)
  }

  list(namespace?: string): T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(namespaceIndex, namespace)
  }

  keys(): IterableIterator<ObjectKey> {
    return this.#objects.keys()
  }

  byIndex(index: string, value: string): T[] {
    return this.#index(index)
      .keys(value)
      .map((key) => this.#objects.get(key) as T)
  }

  indexValues(index: string): string[] {
    return this.#index(index).values()
  }

  /** Adds an index over what is there and what comes. Throws when the name is taken by another function. */
  addIndexer(name: string, indexer: Indexer<T>): void {
    const existing = this.#indexes.get(name)
    if (existing?.indexer === indexer) return
    if (existing !== undefined) throw new Error(`there is an index ${JSON.stringify(name)} already`)
    const index = new Index(indexer)
    for (const [key, object] of this.#objects) index.change(key, undefined, object)
    this.#indexes.set(name, index)
  }

  /** Replaces or adds; returns what was there. */
  set(key: ObjectKey, object: T): T | undefined {
    const before = this.#objects.get(key)
    this.#objects.set(key, object)
    for (const index of this.#indexes.values()) index.change(key, before, object)
    return before
  }

  /** Removes; returns what was there. */
  delete(key: ObjectKey): T | undefined {
    const before = this.#objects.get(key)
    if (before === undefined) return undefined
    this.#objects.delete(key)
    for (const index of this.#indexes.values()) index.change(key, before, undefined)
    return before
  }

  #index(name: string): Index<T> {
    const index = this.#indexes.get(name)
    if (index === undefined) throw new Error(`there is no index ${JSON.stringify(name)}`)
    return index
  }
}

/** Keys by value. A value with one key, the usual case of an index by name or owner, costs no set. */
class Index<T> {
  readonly indexer: Indexer<T>
  readonly #keys = new Map<string, ObjectKey | Set<ObjectKey>>()

  constructor(indexer: Indexer<T>) {
    this.indexer = indexer
  }

  keys(value: string): ObjectKey[] {
    const keys = this.#keys.get(value)
    if (keys === undefined) return []
    return typeof keys === 'string' ? [keys] : [...keys]
  }

  values(): string[] {
    return [...this.#keys.keys()]
  }

  change(key: ObjectKey, before: T | undefined, after: T | undefined): void {
    const old = before === undefined ? [] : this.indexer(before)
    const now = after === undefined ? [] : this.indexer(after)
    for (const value of old) if (!now.includes(value)) this.#remove(value, key)
    for (const value of now) if (!old.includes(value)) this.#add(value, key)
  }

  #add(value: string, key: ObjectKey): void {
    const keys = this.#keys.get(value)
    if (keys === undefined) this.#keys.set(value, key)
    else if (typeof keys === 'string') this.#keys.set(value, new Set([keys, key]))
    else keys.add(key)
  }

  #remove(value: string, key: ObjectKey): void {
    const keys = this.#keys.get(value)
    if (keys === key) this.#keys.delete(value)
    else if (typeof keys === 'object') {
      keys.delete(key)
      if (keys.size === 0) this.#keys.delete(value)
    }
  }
}
