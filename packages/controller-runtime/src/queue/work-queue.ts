import type { Clock } from '@fairlead/apimachinery'
import { DelayedItems } from './delayed-items.ts'
import { defaultRateLimiter, type RateLimiter } from './rate-limiter.ts'
import { noQueueMetrics, type QueueMetrics } from './queue-metrics.ts'

/** Items to be worked on. Equal items (by identity: use strings) are one, and no two workers have the same at a time. */
export interface WorkQueue<Item> {
  /** How many items wait for a worker. */
  readonly length: number
  readonly isShuttingDown: boolean
  /** Queues an item unless it is queued. One that is being processed comes again after its `done`. */
  add(item: Item): void
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
  /** What waits, in order, with the time at which it was added. A Map's order is the order of insertion. */
  readonly #queued = new Map<Item, number>()
  readonly #processing = new Map<Item, number>()
  /** Added while being processed. */
  readonly #again = new Map<Item, number>()
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
    return this.#queued.size
  }

  get isShuttingDown(): boolean {
    return this.#isShuttingDown
  }

  add(item: Item): void {
    if (this.#isShuttingDown || this.#queued.has(item) || this.#again.has(item)) return
    this.#metrics.added()
    if (this.#processing.has(item)) {
      this.#again.set(item, this.#clock.now())
      return
    }
    this.#enqueue(item, this.#clock.now())
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
    if (this.#queued.size === 0 && !this.#isShuttingDown) return new Promise((resolve) => this.#workers.push(resolve))
    return Promise.resolve(this.#take())
  }

  done(item: Item): void {
    const started = this.#processing.get(item)
    if (started === undefined) return
    this.#processing.delete(item)
    this.#metrics.processed(this.#since(started))
    const added = this.#again.get(item)
    if (added !== undefined) {
      this.#again.delete(item)
      this.#enqueue(item, added)
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

  #enqueue(item: Item, added: number): void {
    this.#queued.set(item, added)
    this.#metrics.depth(this.#queued.size)
    this.#workers.shift()?.(this.#take())
  }

  #take(): Item | undefined {
    for (const [item, added] of this.#queued) {
      this.#queued.delete(item)
      this.#processing.set(item, this.#clock.now())
      this.#metrics.taken(this.#since(added))
      this.#metrics.depth(this.#queued.size)
      return item
    }
    return undefined
  }

  #noteDrained(): void {
    if (this.#queued.size + this.#processing.size === 0) for (const resolve of this.#drains.splice(0)) resolve()
  }

  #since(time: number): number {
    return Math.max(0, this.#clock.now() - time) / 1000
  }
}
