import type { Clock } from '@fairlead/apimachinery'

/** Decides how long an item waits before it is tried again. */
export interface RateLimiter<Item> {
  /** Milliseconds to wait; counts as one more failure of the item. */
  when(item: Item): number
  forget(item: Item): void
  /** How often the item has failed since it was last forgotten. */
  numRequeues(item: Item): number
}

/** 5 ms, 10 ms, 20 ms … 1000 s, each item by itself. */
export function itemExponentialRateLimiter<Item>(baseDelay = 5, maxDelay = 1_000_000): RateLimiter<Item> {
  const failures = new Map<Item, number>()
  return {
    when(item) {
      const count = failures.get(item) ?? 0
      failures.set(item, count + 1)
      return Math.min(baseDelay * 2 ** count, maxDelay)
    },
    forget: (item) => void failures.delete(item),
    numRequeues: (item) => failures.get(item) ?? 0,
  }
}

/** A token bucket over all items: `burst` at once, then `perSecond`. Every call takes a token, also one of the future. */
export function bucketRateLimiter<Item>(clock: Clock, perSecond = 10, burst = 100): RateLimiter<Item> {
  let tokens = burst
  let last = clock.now()
  return {
    when() {
      const now = clock.now()
      tokens = Math.min(burst, tokens + (Math.max(0, now - last) / 1000) * perSecond)
      last = now
      tokens -= 1
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000
    },
    forget: () => undefined,
    numRequeues: () => 0,
  }
}

/** The longest wait that any of them asks for. */
export function maxOfRateLimiter<Item>(...limiters: readonly RateLimiter<Item>[]): RateLimiter<Item> {
  return {
    when: (item) => Math.max(...limiters.map((limiter) => limiter.when(item))),
    forget: (item) => limiters.forEach((limiter) => limiter.forget(item)),
    numRequeues: (item) => Math.max(...limiters.map((limiter) => limiter.numRequeues(item))),
  }
}

/** How upstream's controllers wait: each item ever longer, and all together no more than 10 a second after a burst. */
export function defaultRateLimiter<Item>(clock: Clock, baseDelay?: number, maxDelay?: number): RateLimiter<Item> {
  return maxOfRateLimiter(itemExponentialRateLimiter<Item>(baseDelay, maxDelay), bucketRateLimiter<Item>(clock))
}
