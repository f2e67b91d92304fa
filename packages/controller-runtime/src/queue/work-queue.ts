import type { Clock } from '@fairlead/apimachinery'
import { FifoMap } from '@fairlead/client'
import { DelayedItems } from './delayed-items.ts'
import { defaultRateLimiter, type RateLimiter } from './rate-limiter.ts'
import { noQueueMetrics, type QueueMetrics } from './queue-metrics.ts'

/** Items of low priority are given out when no others wait. */
export type Priority = 'normal' | 'low'

/** Items to be worked on. Equal items (by identity: use strings) are one, and no two workers have the same at a time. */
export interface WorkQueue<Item> {
  /** How many items wait for a worker. */
  readonly length: number
  readonly isShuttingDown: boolean
  /**
   * Queues an item, of normal priority unless told, unless it is queued with that priority or a higher one. One that is
   * being processed comes again after its `done`.
   */
  add(item: Item, priority?: Priority): void
  addAfter(item: Item, delay: number): void
  /** Adds an item after the time that the rate limiter asks for. */
  addRateLimited(item: Item): void
  /** The item has succeeded, or is given up: its back-off starts anew. It still has to be `done`. */
  forget(item: Item): void
  numRequeues(item: Item): number
  /** Waits for an item; undefined when the queue is shut down and empty. Every item has to be given back by `done`. */
  get(): Promise<Item | undefined>
  done(item: Item): void
  /** Accepts nothing more; what is queued is still given out. Items that wait for their time are dropped. */
  shutDown(): void
  /** The same, and resolves when everything that was queued or being processed is done. */
  shutDownWithDrain(): Promise<void>
}

export interface WorkQueueOptions<Item> {
  readonly clock: Clock
  readonly rateLimiter?: RateLimiter<Item>
  readonly metrics?: QueueMetrics
}

export function createWorkQueue<Item = string>(options: WorkQueueOptions<Item>): WorkQueue<Item> {
  return new RateLimitedQueue(options)
}

class RateLimitedQueue<Item> implements WorkQueue<Item> {
  readonly #clock: Clock
  readonly #limiter: RateLimiter<Item>
  readonly #metrics: QueueMetrics
  readonly #delayed: DelayedItems<Item>
  /** What waits, in order, with the time at which it was added. */
  readonly #normal = new FifoMap<Item, number>()
  readonly #low = new FifoMap<Item, number>()
  readonly #processing = new Map<Item, number>()
  /** Added while being processed. */
  readonly #again = new Map<Item, { readonly added: number; readonly priority: Priority }>()
  readonly #workers: ((item: Item | undefined) => void)[] = []
  readonly #drains: (() => void)[] = []
  #isShuttingDown = false

  constructor({ clock, rateLimiter, metrics }: WorkQueueOptions<Item>) {
    this.#clock = clock
    this.#limiter = rateLimiter ?? defaultRateLimiter(clock)
    this.#metrics = metrics ?? noQueueMetrics
    this.#delayed = new DelayedItems(clock, (item) => this.add(item))
    this.#metrics.observe?.(() => [...this.#processing.values()].map((started) => this.#since(started)))
  }

  get length(): number {
    return this.#normal.size + this.#low.size
  }

  get isShuttingDown(): boolean {
    return this.#isShuttingDown
  }

  add(item: Item, priority: Priority = 'normal'): void {
    if (this.#isShuttingDown || this.#normal.has(item)) return
    const again = this.#again.get(item)
    const waiting = this.#low.get(item) ?? again?.added
    if (waiting !== undefined && (priority === 'low' || again?.priority === 'normal')) return
    // What is only raised has been counted, and has waited since then.
    if (waiting === undefined) this.#metrics.added()
    const added = waiting ?? this.#clock.now()
    if (this.#processing.has(item)) this.#again.set(item, { added, priority })
    else this.#enqueue(item, added, priority)
  }

  addAfter(item: Item, delay: number): void {
    if (this.#isShuttingDown) return
    if (delay <= 0) this.add(item)
    else this.#delayed.add(item, delay)
  }

  addRateLimited(item: Item): void {
    if (this.#isShuttingDown) return
    this.#metrics.retried()
    this.addAfter(item, this.#limiter.when(item))
  }

  forget(item: Item): void {
    this.#limiter.forget(item)
  }

  numRequeues(item: Item): number {
    return this.#limiter.numRequeues(item)
  }

  get(): Promise<Item | undefined> {
    if (this.length === 0 && !this.#isShuttingDown) return new Promise((resolve) => this.#workers.push(resolve))
    return Promise.resolve(this.#take())
  }

  done(item: Item): void {
    const started = this.#processing.get(item)
    if (started === undefined) return
    this.#processing.delete(item)
    this.#metrics.processed(this.#since(started))
    const again = this.#again.get(item)
    if (again !== undefined) {
      this.#again.delete(item)
      this.#enqueue(item, again.added, again.priority)
    }
    this.#noteDrained()
  }

  shutDown(): void {
    this.#isShuttingDown = true
    this.#delayed.clear()
    for (const resolve of this.#workers.splice(0)) resolve(undefined)
    this.#noteDrained()
  }

  shutDownWithDrain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drains.push(resolve)
      this.shutDown()
    })
  }

  #enqueue(item: Item, added: number, priority: Priority): void {
    this.#low.delete(item)
    const queue = priority === 'normal' ? this.#normal : this.#low
    queue.set(item, added)
    this.#metrics.depth(this.length)
    this.#workers.shift()?.(this.#take())
  }

  #take(): Item | undefined {
    const next = this.#normal.take() ?? this.#low.take()
    if (next === undefined) return undefined
    const [item, added] = next
    this.#processing.set(item, this.#clock.now())
    this.#metrics.taken(this.#since(added))
    this.#metrics.depth(this.length)
    return item
  }

  #noteDrained(): void {
    if (this.length + this.#processing.size === 0) for (const resolve of this.#drains.splice(0)) resolve()
  }

  #since(time: number): number {
    return Math.max(0, this.#clock.now() - time) / 1000
  }
}
