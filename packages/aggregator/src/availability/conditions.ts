import { formatTimestamp, type JsonObject } from '@fairlead/apimachinery'
import type { ApiServiceCondition } from '../api-service/api-service.ts'

/** What is to be said of one condition. */
export interface Finding {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/**
 * Conditions with `finding` among them: in its place when there is one of its type, otherwise at the end. The time changes
 * with the status only. The same array when nothing is new.
 */
export function setCondition(
  conditions: readonly ApiServiceCondition[],
  finding: Finding,
  now: number,
): readonly ApiServiceCondition[] {
  const index = conditions.findIndex(({ type }) => type === finding.type)
  const before = conditions[index]
  if (before === undefined) return [...conditions, { ...finding, lastTransitionTime: formatTimestamp(now) }]
  if (before.status === finding.status && before.reason === finding.reason && before.message === finding.message) {
    return conditions
  }
  const lastTransitionTime =
    before.status === finding.status && before.lastTransitionTime ? before.lastTransitionTime : formatTimestamp(now)
  return conditions.with(index, { ...finding, lastTransitionTime })
}

/** Conditions without one type; the same array when there is none. */
export function removeCondition(
  conditions: readonly ApiServiceCondition[],
  type: string,
): readonly ApiServiceCondition[] {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions
}

/** A condition as it stands on the wire. */
export function conditionObject({
  type,
  status,
  lastTransitionTime,
  reason,
  message,
}: ApiServiceCondition): JsonObject {
  return {
    type,
    status,
    ...(lastTransitionTime ? { lastTransitionTime } : {}),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  }
}
