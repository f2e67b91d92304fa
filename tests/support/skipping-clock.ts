import { type Clock, systemClock } from '@fairlead/apimachinery'

const minute = 60_000

/** The machine's clock, except that waits of a minute and more are over when the test says so. */
export function skippingClock(): Clock & { skip(milliseconds: number): void } {
  let skipped = 0
  const waiting = new Set<{ readonly at: number; readonly callback: () => void }>()
  const now = (): number => Date.now() + skipped
  return {
    now,
    after(delay, callback) {
      if (delay < minute) return systemClock.after(delay, callback)
      const timer = { at: now() + delay, callback }
      waiting.add(timer)
      return () => waiting.delete(timer)
    },
    skip(milliseconds) {
      skipped += milliseconds
      for (const timer of waiting) {
        if (timer.at <= now() && waiting.delete(timer)) timer.callback()
      }
    },
  }
}
