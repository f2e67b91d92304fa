import { controllerReference } from '@fairlead/controller-runtime'
import { type Endpoint, endpointKey, type EndpointSlice, sameEndpoint } from '../endpoint-slices/endpoint-slice.ts'
import { recycleSlices, type SlicePlan } from '../endpoint-slices/slice-plan.ts'
import type { Endpoints } from '../endpoints/endpoints.ts'
import { managedByLabel, sameMap, serviceNameLabel, triggerTimeAnnotation, withoutKeys } from '../services/labels.ts'
import { groupKey, type MirroredEndpoints, type MirroredGroup } from './mirrored-endpoints.ts'

/** The value of the managed-by label of the slices that belong to this controller. */
export const managedBy = 'endpointslicemirroring-controller.k8s.io'
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** The writes that bring slices to what mirrors Endpoints: one for each group, with their labels and annotations. */
export function planMirror(
  endpoints: Endpoints,
  existing: readonly EndpointSlice[],
  groups: MirroredEndpoints['groups'],
): SlicePlan {
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const kept = new Set<EndpointSlice>()
  for (const [key, group] of groups) {
    const desired = sliceOf(endpoints, group)
    const slice = existing.find(({ addressType, ports }) => groupKey(addressType, ports) === key)
    if (slice === undefined) {
      create.push(desired)
      continue
    }
    kept.add(slice)
    if (mirrors(slice, desired, group)) continue
    const { labels = {}, annotations = {}, ownerReferences = [] } = desired.metadata
    update.push({ ...desired, metadata: { ...slice.metadata, labels, annotations, ownerReferences } })
  }
  const gone = existing.filter((slice) => !kept.has(slice))
  return recycleSlices({ create, update, delete: gone }, () => true)
}

function sliceOf(endpoints: Endpoints, { family, ports, endpoints: members }: MirroredGroup): EndpointSlice {
  const { name = '', namespace = '', labels, annotations } = endpoints.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: managedBy },
      annotations: withoutKeys(annotations, triggerTimeAnnotation, lastAppliedAnnotation),
      ownerReferences: [controllerReference({ ...endpoints, apiVersion: 'v1', kind: 'Endpoints' })],
    },
    addressType: family,
    endpoints: [...members.values()],
    ports: [...ports],
  }
}

/** Whether a slice says what is desired. Endpoints of the same name may have been another object before. */
function mirrors(
  { metadata, endpoints }: EndpointSlice,
  desired: EndpointSlice,
  { endpoints: members }: MirroredGroup,
): boolean {
  const present = endpoints ?? []
  const isSame = (endpoint: Endpoint): boolean => {
    const wanted = members.get(endpointKey(endpoint))
    return wanted !== undefined && sameEndpoint(wanted, endpoint)
  }
  const uid = desired.metadata.ownerReferences?.[0]?.uid
  return (
    present.length === members.size &&
    present.every(isSame) &&
    sameMap(metadata.labels, desired.metadata.labels) &&
    sameMap(metadata.annotations, desired.metadata.annotations) &&
    metadata.ownerReferences?.some((owner) => owner.kind === 'Endpoints' && owner.uid === uid) === true
  )
}
