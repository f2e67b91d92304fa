import type { JsonObject } from '@fairlead/apimachinery'
import { objectAt, stringAt } from '../values/read.ts'
import { type DefaultsTable, inTurn } from './lacking.ts'
import { rounding, withMissing } from './resource-list.ts'

const core = 'io.k8s.api.core.v1.'

/** Limits of one container, pod or claim, and quotas of a namespace. */
export const limitDefaults: DefaultsTable = {
  [`${core}LimitRangeItem`]: inTurn(
    limitsOfContainers,
    rounding('max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'),
  ),
  [`${core}ResourceQuotaSpec`]: rounding('hard'),
  [`${core}ResourceQuotaStatus`]: rounding('hard', 'used'),
}

/** What a container gets without asking: the maximum; and it requests that, or else the minimum. */
function limitsOfContainers(item: JsonObject): JsonObject | undefined {
  if (stringAt(item, 'type') !== 'Container') return undefined
  const limits = withMissing(objectAt(item, 'default'), objectAt(item, 'max'))
  const wanted = { ...objectAt(item, 'min'), ...(limits ?? objectAt(item, 'default')) }
  const requests = withMissing(objectAt(item, 'defaultRequest'), wanted)
  if (limits === undefined && requests === undefined) return undefined
  return {
    ...(limits !== undefined && { default: limits }),
    ...(requests !== undefined && { defaultRequest: requests }),
  }
}
