/** Where time comes from. Injected wherever time matters, so that a test decides what time it is. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `callback` once after `delay` milliseconds; the returned function cancels it. Never keeps a process alive. */
  after(delay: number, callback: () => void): () => void
}
