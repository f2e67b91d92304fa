import type { Indexer } from './store.ts'

/** Objects by value. A value with one object, the usual case of an index by uid or owner, costs no set. */
export class Index<T extends object> {
  readonly indexer: Indexer<T>
  readonly #objects = new Map<string, T | Set<T>>()

  constructor(indexer: Indexer<T>) {
    this.indexer = indexer
  }

  objects(value: string): T[] {
    const objects = this.#objects.get(value)
    if (objects === undefined) return []
    return objects instanceof Set ? [...objects] : [objects]
  }

  /** The values that have objects. */
  keys(): IterableIterator<string> {
    return this.#objects.keys()
  }

  change(before: T | undefined, after: T | undefined): void {
    if (before !== undefined) for (const value of this.indexer(before)) this.#remove(value, before)
    if (after !== undefined) for (const value of this.indexer(after)) this.#add(value, after)
  }

  #add(value: string, object: T): void {
    const objects = this.#objects.get(value)
    if (objects === undefined || objects === object) this.#objects.set(value, object)
    else if (objects instanceof Set) objects.add(object)
    else this.#objects.set(value, new Set([objects, object]))
  }

  #remove(value: string, object: T): void {
    const objects = this.#objects.get(value)
    if (objects === object) this.#objects.delete(value)
    else if (objects instanceof Set) {
      objects.delete(object)
      if (objects.size === 0) this.#objects.delete(value)
    }
  }
}
