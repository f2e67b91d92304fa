import type { Clock } from '@fairlead/apimachinery'

const intervalMs = 60_000
const jitter = 0.25
const beforeDeadlineMs = 2000

/**
 * Calls `send` about once a minute, a little later each time so that watches drift apart, and for the first time two
 * seconds before the watch ends when that comes earlier. The returned function stops it.
 */
export function startBookmarks(options: {
  readonly clock: Clock
  readonly random: () => number
  /** Milliseconds until the watch ends, when it is known. */
  readonly remaining?: number
  readonly send: () => void
}): () => void {
  const { clock, random, remaining = Number.POSITIVE_INFINITY, send } = options
  let cancel = (): void => undefined
  const wait = (longest: number): void => {
    const delay = Math.min(intervalMs * (1 + jitter * random()), longest)
    cancel = clock.after(delay, () => {
      send()
      wait(Number.POSITIVE_INFINITY)
    })
  }
  wait(remaining > beforeDeadlineMs ? remaining - beforeDeadlineMs : Number.POSITIVE_INFINITY)
  return () => cancel()
}
