import type { Clock } from '@fairlead/apimachinery'

/** Lets through so many a second on average, and at most `burst` at once. Resolves when it is the caller's turn. */
export function createTokenBucket(
  rate: { readonly qps: number; readonly burst: number },
  clock: Clock,
): () => Promise<void> {
  let tokens = rate.burst
  let filledAt = clock.now()
  return async () => {
    const now = clock.now()
    tokens = Math.min(rate.burst, tokens + ((now - filledAt) / 1000) * rate.qps)
    filledAt = now
    tokens -= 1
    if (tokens >= 0) return
    await new Promise<void>((resolve) => {
      clock.after((-tokens / rate.qps) * 1000, resolve)
    })
  }
}
