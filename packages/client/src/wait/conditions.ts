import type { ObjectLike } from '../object-types.ts'
import type { WaitCondition } from './await-condition.ts'

/** The part of an object that the conditions here read. */
interface WithConditions extends ObjectLike {
  readonly status?: unknown
}

/** The object is gone, or another one has its name. */
export function isDeleted(uid?: string): WaitCondition<ObjectLike> {
  return (object) => object === undefined || (uid !== undefined && object.metadata?.uid !== uid)
}

/** `status.conditions` has a condition of this type with this status: `hasCondition('Available')`. */
export function hasCondition(type: string, status = 'True'): WaitCondition<WithConditions> {
  return (object) => {
    const { conditions } = (object?.status ?? {}) as { conditions?: unknown }
    if (!Array.isArray(conditions)) return false
    return (conditions as { type?: unknown; status?: unknown }[]).some(
      (condition) => condition.type === type && condition.status === status,
    )
  }
}

/** All replicas of a Deployment are of its newest template, and available; what `kubectl rollout status` waits for. */
export const isDeploymentComplete: WaitCondition<WithConditions> = (object) => {
  if (object === undefined) return false
  const { metadata, spec, status } = object as {
    metadata?: { generation?: number }
    spec?: { replicas?: number }
    status?: Partial<Record<'observedGeneration' | 'replicas' | 'updatedReplicas' | 'availableReplicas', number>>
  }
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {}
  return (
    observedGeneration >= (metadata?.generation ?? 0) &&
    updatedReplicas >= (spec?.replicas ?? 1) &&
    replicas <= updatedReplicas &&
    availableReplicas >= updatedReplicas
  )
}

/** All of them hold. */
export function everyCondition<T>(...conditions: readonly WaitCondition<T>[]): WaitCondition<T> {
  return (object) => conditions.every((condition) => condition(object))
}

/** At least one of them holds. */
export function someCondition<T>(...conditions: readonly WaitCondition<T>[]): WaitCondition<T> {
  return (object) => conditions.some((condition) => condition(object))
}

export function notCondition<T>(condition: WaitCondition<T>): WaitCondition<T> {
  return (object) => !condition(object)
}
