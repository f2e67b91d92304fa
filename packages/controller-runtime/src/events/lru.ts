/** A map that forgets what was used longest ago. */
export class LruMap<Key, Value> {
  readonly #size: number
  readonly #entries = new Map<Key, Value>()

  constructor(size: number) {
    this.#size = size
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }

  /** The one that was used longest ago comes first. */
  entries(): readonly (readonly [Key, Value])[] {
    return [...this.#entries]
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#size) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }
}
