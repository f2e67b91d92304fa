/** Where a driver takes time from; the same shape as the clock of the packages above. */
export interface StorageClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `callback` once after `delay` milliseconds; the returned function cancels it. Never keeps a process alive. */
  after(delay: number, callback: () => void): () => void
}

interface Timer {
  unref?(): void
}

interface Timers {
  setTimeout(callback: () => void, delay: number): Timer
  clearTimeout(timer: Timer): void
  setImmediate?(callback: () => void): unknown
}

const timers = globalThis as unknown as Timers

/** Real time. */
export const systemStorageClock: StorageClock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = timers.setTimeout(callback, delay)
    timer.unref?.()
    return () => timers.clearTimeout(timer)
  },
}

/** Resolves after the event loop has had a turn for others. Keeps the process alive until then. */
export function yieldToLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (timers.setImmediate !== undefined) timers.setImmediate(resolve)
    else timers.setTimeout(resolve, 0)
  })
}
