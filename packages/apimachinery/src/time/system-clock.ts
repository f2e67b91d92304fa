import type { Clock } from './clock.ts'

type Timer = { unref?: () => void } | number

interface Timers {
  setTimeout(callback: () => void, delay: number): Timer
  clearTimeout(timer: Timer): void
}

/** Timers take at most this many milliseconds; longer waits are made of several. */
const longestTimer = 2 ** 31 - 1

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timers = globalThis as unknown as Timers
    let timer: Timer
    const wait = (remaining: number): void => {
      const step = Math.min(remaining, longestTimer)
      timer = timers.setTimeout(() => (remaining > step ? wait(remaining - step) : callback()), step)
      if (typeof timer === 'object') timer.unref?.()
    }
    wait(delay)
    return () => timers.clearTimeout(timer)
  },
}
