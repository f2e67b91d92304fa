import type { Clock } from '@fairlead/apimachinery'

/** How waiting times grow. Milliseconds. */
export interface BackoffShape {
  readonly initial: number
  readonly factor: number
  readonly max: number
  /** Each wait is drawn from its length to `1 + jitter` times that, so that clients do not come back together. */
  readonly jitter: number
  /** After this long without a failure the waiting times start anew. */
  readonly resetAfter: number
}

/** How client-go's reflector waits. */
export const reflectorBackoff: BackoffShape = {
  initial: 800,
  factor: 2,
  max: 30_000,
  jitter: 1,
  resetAfter: 120_000,
}

/** Waiting times of one thing that is tried again and again. */
export interface Backoff {
  /** How long to wait before the next try. */
  next(): number
  /** Whether nothing has failed for a while, or ever. */
  readonly untouched: boolean
}

export function createBackoff(shape: BackoffShape, clock: Clock, random: () => number): Backoff {
  let step = shape.initial
  let lastFailure = Number.NEGATIVE_INFINITY
  const untouched = (): boolean => Math.abs(clock.now() - lastFailure) > shape.resetAfter
  return {
    get untouched() {
      return untouched()
    },
    next() {
      const now = clock.now()
      if (untouched()) step = shape.initial
      lastFailure = now
      const delay = step * (1 + random() * shape.jitter)
      step = Math.min(step * shape.factor, shape.max)
      return delay
    },
  }
}
