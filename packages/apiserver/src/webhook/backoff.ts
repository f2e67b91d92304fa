import type { Clock } from '@fairlead/apimachinery'

/** How often and when something is tried again. */
export interface BackoffOptions {
  readonly clock: Clock
  /** From 0 up to 1, like Math.random. */
  readonly random: () => number
  /** Milliseconds before the second attempt; each further wait is half as long again. */
  readonly initialDelay: number
  readonly shouldRetry: (error: unknown) => boolean
}

const attempts = 5
const factor = 1.5
const jitter = 0.2

/** Calls up to five times, with growing pauses, until it succeeds. Rejects with the last error. */
export async function withBackoff<Result>(options: BackoffOptions, call: () => Promise<Result>): Promise<Result> {
  const { clock, random, shouldRetry } = options
  let delay = options.initialDelay
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === attempts || !shouldRetry(error)) throw error
    }
    const pause = delay * (1 + random() * jitter)
    await new Promise<void>((resolve) => {
      clock.after(pause, resolve)
    })
    delay *= factor
  }
}
