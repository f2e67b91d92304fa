/**
 * A map whose oldest entry can be taken. Its iterator stays: one that begins anew walks over the place of every entry that
 * was deleted before it, so that emptying a large map from its front would take a time that grows with its square.
 */
export class FifoMap<Key, Value> extends Map<Key, Value> {
  #oldest: MapIterator<[Key, Value]> | undefined

  /** Removes the entry that was added longest ago; undefined when there is none. */
  take(): [Key, Value] | undefined {
    while (this.size > 0) {
      this.#oldest ??= this.entries()
      const { done, value } = this.#oldest.next()
      if (done === true) this.#oldest = undefined
      else {
        this.delete(value[0])
        return value
      }
    }
    // It would hold on to the table that the map had when it was large.
    this.#oldest = undefined
    return undefined
  }
}
