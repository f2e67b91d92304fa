import { formatTimestamp, type JsonObject } from '@fairlead/apimachinery'

/** meta/v1 Condition, and those of older kinds that look like it. */
export interface Condition extends JsonObject {
  type: string
  status: string
  reason?: string
  message?: string
  observedGeneration?: number
  lastTransitionTime?: string
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type)
}

export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True'
}

/**
 * The conditions with one set. `lastTransitionTime` changes only with the status, to `now` unless the condition brings its
 * own. When nothing changes the same array is returned, so that a caller sees that there is nothing to write.
 */
export function setCondition(
  conditions: readonly Condition[],
  condition: Condition,
  now: number,
): readonly Condition[] {
  const existing = findCondition(conditions, condition.type)
  const lastTransitionTime =
    existing?.status === condition.status && existing.lastTransitionTime !== undefined
      ? existing.lastTransitionTime
      : (condition.lastTransitionTime ?? formatTimestamp(now))
  const next: Condition = { ...existing, ...condition, lastTransitionTime }
  if (existing === undefined) return [...conditions, next]
  const names = Object.keys(next)
  if (names.every((name) => next[name] === existing[name])) return conditions
  return conditions.map((other) => (other === existing ? next : other))
}

/** The conditions without one; the same array when it is not there. */
export function removeCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return findCondition(conditions, type) === undefined
    ? conditions
    : conditions.filter((condition) => condition.type !== type)
}
