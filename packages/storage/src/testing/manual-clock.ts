import type { StorageClock } from '../driver/clock.ts'

/** A clock that stands still until it is moved. */
export interface ManualClock extends StorageClock {
  /** Moves time forward and runs what became due, in order. */
  advance(ms: number): void
}

/** A clock that stands at `now`, milliseconds since the epoch. */
export function createManualClock(now = 1_700_000_000_000): ManualClock {
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  let time = now
  const nextDue = (until: number): { readonly at: number; readonly callback: () => void } | undefined =>
    [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
  return {
    now: () => time,
    after(delay, callback) {
      const timer = { at: time + delay, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const until = time + ms
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer)
        time = Math.max(time, timer.at)
        timer.callback()
      }
      time = until
    },
  }
}
