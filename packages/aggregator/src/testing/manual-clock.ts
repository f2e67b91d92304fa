import type { Clock } from '@fairlead/apimachinery'

/** A clock that moves when a test says so. */
export interface ManualClock extends Clock {
  /** Runs what is due, in order, also what comes up on the way. */
  advance(milliseconds: number): void
}

export function createManualClock(): ManualClock {
  let now = 0
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  return {
    now: () => now,
    after(delay, callback) {
      const timer = { at: now + delay, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = next.at
        next.callback()
      }
      now = end
    },
  }
}
