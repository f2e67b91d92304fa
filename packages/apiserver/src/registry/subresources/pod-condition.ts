import { formatTimestamp } from '@fairlead/apimachinery'
import type { JsonObject, KubeObject } from '@fairlead/apimachinery'

/** Sets a condition of a pod, in place. The time of transition moves only when the status changes. */
export function setPodCondition(
  pod: KubeObject,
  condition: { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string },
  now: number,
): void {
  const status = objectAt(pod, 'status')
  const conditions = Array.isArray(status['conditions']) ? (status['conditions'] as JsonObject[]) : []
  const index = conditions.findIndex(({ type }) => type === condition.type)
  const before = conditions[index]
  const same = before?.['status'] === condition.status && before['lastTransitionTime'] !== undefined
  const next: JsonObject = {
    type: condition.type,
    status: condition.status,
    lastProbeTime: null,
    lastTransitionTime: same ? before['lastTransitionTime'] : formatTimestamp(now),
    ...(condition.reason !== undefined && { reason: condition.reason }),
    ...(condition.message !== undefined && { message: condition.message }),
  }
  status['conditions'] = index < 0 ? [...conditions, next] : conditions.with(index, next)
}

/** The object at a key, which is made when it is not there. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key]
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  const made: JsonObject = {}
  parent[key] = made
  return made
}
