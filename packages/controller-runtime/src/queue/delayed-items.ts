import type { Clock } from '@fairlead/apimachinery'

/** Items that become due later, each once, at the earliest of the times asked for. */
export class DelayedItems<Item> {
  readonly #clock: Clock
  readonly #onDue: (item: Item) => void
  readonly #waiting = new Map<Item, { readonly at: number; cancel(): void }>()

  constructor(clock: Clock, onDue: (item: Item) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  add(item: Item, delay: number): void {
    const at = this.#clock.now() + delay
    const existing = this.#waiting.get(item)
    if (existing !== undefined && existing.at <= at) return
    existing?.cancel()
    const cancel = this.#wait(item, at)
    this.#waiting.set(item, { at, cancel })
  }

  clear(): void {
    for (const { cancel } of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  /** Timers of the platform hold 31 bits of milliseconds; longer waits are made of several. */
  #wait(item: Item, at: number): () => void {
    const left = Math.max(0, at - this.#clock.now())
    let cancel = this.#clock.after(Math.min(left, longestTimer), () => {
      if (left > longestTimer) cancel = this.#wait(item, at)
      else {
        this.#waiting.delete(item)
        this.#onDue(item)
      }
    })
    return () => cancel()
  }
}

const longestTimer = 2 ** 31 - 1
