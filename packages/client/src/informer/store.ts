import { keyOf, type ObjectKey, splitKey } from '../object-key.ts'
import type { ObjectLike } from '../object-types.ts'
import { Index } from './object-index.ts'

/** The values under which an index finds an object. */
export type Indexer<T> = (object: T) => readonly string[]

/** The objects that an informer knows. They are shared by all who read them: never change one, copy it. */
export interface Store<T> {
  readonly size: number
  get(key: ObjectKey): T | undefined
  /** All objects, or those of a namespace. A list of its own that later changes do not touch. */
  list(namespace?: string): T[]
  keys(): IterableIterator<ObjectKey>
  /** All objects, one after the other, without a list of them. */
  values(): IterableIterator<T>
  /** The objects that an index finds under a value. Throws when there is no such index. */
  byIndex(index: string, value: string): T[]
  /** All values that an index has now. */
  indexValues(index: string): string[]
}

/** The index that every store has. Objects outside of namespaces are found under the empty string. */
export const namespaceIndex = 'namespace'

/**
 * A store that can be written. Objects lie by namespace and by name, under the strings that they hold themselves: a key of
 * each, and an index of namespaces, would be a tenth of a small object's memory.
 */
export class IndexedStore<T extends ObjectLike> implements Store<T> {
  readonly #namespaces = new Map<string, Map<string, T>>()
  readonly #indexes = new Map<string, Index<T>>()
  #size = 0

  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    for (const [name, indexer] of Object.entries(indexers)) this.addIndexer(name, indexer)
  }

  get size(): number {
    return this.#size
  }

  get(key: ObjectKey): T | undefined {
    const { namespace, name } = splitKey(key)
    return this.#namespaces.get(namespace)?.get(name)
  }

  list(namespace?: string): T[] {
    return [...(namespace === undefined ? this.values() : (this.#namespaces.get(namespace)?.values() ?? []))]
  }

  *keys(): IterableIterator<ObjectKey> {
    for (const [namespace, objects] of this.#namespaces) for (const name of objects.keys()) yield keyOf(namespace, name)
  }

  *values(): IterableIterator<T> {
    for (const objects of this.#namespaces.values()) yield* objects.values()
  }

  byIndex(index: string, value: string): T[] {
    return index === namespaceIndex ? this.list(value) : this.#index(index).objects(value)
  }

  indexValues(index: string): string[] {
    return [...(index === namespaceIndex ? this.#namespaces : this.#index(index)).keys()]
  }

  /** Adds an index over what is there and what comes. Throws when the name is taken by another function. */
  addIndexer(name: string, indexer: Indexer<T>): void {
    const existing = this.#indexes.get(name)
    if (existing?.indexer === indexer) return
    if (existing !== undefined || name === namespaceIndex)
      throw new Error(`there is an index ${JSON.stringify(name)} already`)
    const index = new Index(indexer)
    for (const object of this.values()) index.change(undefined, object)
    this.#indexes.set(name, index)
  }

  /** Replaces or adds; returns what was there. */
  set(object: T): T | undefined {
    const { namespace, name } = placeOf(object)
    const objects = this.#namespaces.get(namespace) ?? new Map<string, T>()
    if (objects.size === 0) this.#namespaces.set(namespace, objects)
    const before = objects.get(name)
    objects.set(name, object)
    if (before === undefined) this.#size += 1
    for (const index of this.#indexes.values()) index.change(before, object)
    return before
  }

  /** Removes what has the namespace and the name of `object`; returns what was there. */
  delete(object: T): T | undefined {
    const { namespace, name } = placeOf(object)
    const objects = this.#namespaces.get(namespace)
    const before = objects?.get(name)
    if (objects === undefined || before === undefined) return undefined
    objects.delete(name)
    if (objects.size === 0) this.#namespaces.delete(namespace)
    this.#size -= 1
    for (const index of this.#indexes.values()) index.change(before, undefined)
    return before
  }

  #index(name: string): Index<T> {
    const index = this.#indexes.get(name)
    if (index === undefined) throw new Error(`there is no index ${JSON.stringify(name)}`)
    return index
  }
}

function placeOf({ metadata }: ObjectLike): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' }
}
