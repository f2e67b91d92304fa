import { headlessLabel, sameMap, triggerTimeAnnotation, withoutKeys } from '../services/labels.ts'
import { isHeadless, type Service } from '../services/service.ts'
import type { Endpoints, EndpointSubset } from './endpoints.ts'
import { sameSubsets } from './repack-subsets.ts'
import { truncateSubsets } from './truncate-subsets.ts'

const managedByLabel = 'endpoints.kubernetes.io/managed-by'
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity'

/**
 * The Endpoints of a Service with these subsets, to be created or put in the place of `current`; undefined when `current`
 * says all that. `triggerTime`: when what leads to the write had changed.
 */
export function planEndpoints(
  service: Service,
  subsets: readonly EndpointSubset[],
  current: Endpoints | undefined,
  triggerTime?: string,
): Endpoints | undefined {
  const truncated = truncateSubsets(subsets)
  const desired = truncated ?? [...subsets]
  const labels = {
    ...withoutKeys(service.metadata.labels, headlessLabel),
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [managedByLabel]: 'endpoint-controller',
  }
  const before = current?.metadata.annotations
  const overCapacity: Readonly<Record<string, string>> =
    truncated === undefined ? {} : { [overCapacityAnnotation]: 'truncated' }
  if (
    current !== undefined &&
    before?.[overCapacityAnnotation] === overCapacity[overCapacityAnnotation] &&
    sameMap(current.metadata.labels, labels) &&
    sameSubsets(current.subsets ?? [], desired)
  ) {
    return undefined
  }
  const { name = '', namespace = '' } = service.metadata
  const annotations = {
    ...withoutKeys(before, triggerTimeAnnotation, overCapacityAnnotation),
    ...(triggerTime === undefined ? {} : { [triggerTimeAnnotation]: triggerTime }),
    ...overCapacity,
  }
  const { subsets: _, ...rest } = current ?? { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } }
  return {
    ...rest,
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...rest.metadata, labels, annotations },
    ...(desired.length === 0 ? {} : { subsets: desired }),
  }
}
