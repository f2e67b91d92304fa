import type { Clock } from '@fairlead/apimachinery'
import type { AuthorizationDecision } from '../authorizer.ts'

/** Remembers decisions for a time; of too many those that were not asked for the longest go first. */
export interface DecisionCache {
  get(key: string): AuthorizationDecision | undefined
  set(key: string, decision: AuthorizationDecision, ttl: number): void
}

const capacity = 8192

export function createDecisionCache(clock: Clock): DecisionCache {
  const entries = new Map<string, { readonly decision: AuthorizationDecision; readonly expires: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (entry.expires <= clock.now()) return undefined
      entries.set(key, entry)
      return entry.decision
    },
    set(key, decision, ttl) {
      if (ttl <= 0) return
      entries.delete(key)
      const [oldest] = entries.keys()
      if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest)
      entries.set(key, { decision, expires: clock.now() + ttl })
    },
  }
}
