import { controllerReference } from '@fairlead/controller-runtime'
import {
  headlessLabel,
  managedByLabel,
  sameMap,
  serviceNameLabel,
  triggerTimeAnnotation,
  withoutKeys,
} from '../services/labels.ts'
import { isHeadless, type IpFamily, type Service } from '../services/service.ts'
import type { EndpointGroups } from './desired-endpoints.ts'
import { type Endpoint, type EndpointPort, type EndpointSlice, portsKey } from './endpoint-slice.ts'
import { planGroup } from './plan-group.ts'
import { joinPlans, recycleSlices, type SlicePlan } from './slice-plan.ts'

/** The value of the managed-by label of the slices that belong to this controller. */
export const managedBy = 'endpointslice-controller.k8s.io'
const defaultMaxEndpoints = 100

export interface SlicesOptions {
  /** When what leads to the writes had changed. */
  readonly triggerTime?: string | undefined
  /** Of a slice; 100 unless told. */
  readonly maxEndpoints?: number
}

/**
 * The writes that bring a Service's slices to the endpoints desired. A family without endpoints has one empty slice. What
 * the plan of slices as they are after a plan says is: nothing.
 */
export function planSlices(
  service: Service,
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<IpFamily, EndpointGroups>,
  { triggerTime, maxEndpoints = defaultMaxEndpoints }: SlicesOptions = {},
): SlicePlan {
  const plans = [...desired].map(([family, groups]) => {
    const ofFamily = existing.filter(({ addressType }) => addressType === family)
    return planFamily(service, family, ofFamily, groups, maxEndpoints)
  })
  const others = existing.filter(({ addressType }) => !(desired as ReadonlyMap<string, unknown>).has(addressType))
  const plan = joinPlans([...plans, { create: [], update: [], delete: others }])
  const timed = (slices: readonly EndpointSlice[]): EndpointSlice[] =>
    slices.map((slice) => withTriggerTime(slice, triggerTime))
  return { create: timed(plan.create), update: timed(plan.update), delete: plan.delete }
}

function planFamily(
  service: Service,
  family: IpFamily,
  existing: readonly EndpointSlice[],
  groups: EndpointGroups,
  maxEndpoints: number,
): SlicePlan {
  const labels = labelsFor(service)
  const isOwn = ({ metadata }: EndpointSlice): boolean =>
    metadata.ownerReferences?.some(({ kind, uid }) => kind === 'Service' && uid === service.metadata.uid) === true
  const own = byPorts(existing.filter(isOwn))
  const { create, update, ...planned } = joinPlans(
    [...groups].map(([key, { ports, endpoints }]) =>
      planGroup(own.get(key) ?? [], endpoints, {
        labels,
        maxEndpoints,
        newSlice: (members) => newSlice(service, family, ports, members),
      }),
    ),
  )
  const unwanted = existing.filter((slice) => !isOwn(slice) || !groups.has(portsKey(slice.ports)))
  const gone = [...planned.delete, ...unwanted]
  if (create.length > 0 || gone.length < existing.length) return recycleSlices({ create, update, delete: gone }, isOwn)
  const [only] = gone
  if (gone.length === 1 && only !== undefined && isOwn(only) && isPlaceholder(only, labels)) {
    return { create, update, delete: [] }
  }
  return recycleSlices({ create: [newSlice(service, family, [], [])], update, delete: gone }, isOwn)
}

function byPorts(slices: readonly EndpointSlice[]): ReadonlyMap<string, EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const key = portsKey(slice.ports)
    groups.set(key, [...(groups.get(key) ?? []), slice])
  }
  return groups
}

function isPlaceholder(
  { endpoints, ports, metadata }: EndpointSlice,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (endpoints ?? []).length === 0 && (ports ?? []).length === 0 && sameMap(metadata.labels, labels)
}

/** Those of the Service, but for the ones that say what the slice is. */
function labelsFor(service: Service): Record<string, string> {
  return {
    ...withoutKeys(service.metadata.labels, headlessLabel),
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: managedBy,
  }
}

function newSlice(
  service: Service,
  addressType: IpFamily,
  ports: readonly EndpointPort[],
  endpoints: Endpoint[],
): EndpointSlice {
  const { name = '', namespace = '' } = service.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: labelsFor(service),
      ownerReferences: [controllerReference({ ...service, apiVersion: 'v1', kind: 'Service' })],
    },
    addressType,
    endpoints,
    ports: [...ports],
  }
}

function withTriggerTime(slice: EndpointSlice, time: string | undefined): EndpointSlice {
  const others = withoutKeys(slice.metadata.annotations, triggerTimeAnnotation)
  const annotations = { ...others, ...(time === undefined ? {} : { [triggerTimeAnnotation]: time }) }
  return { ...slice, metadata: { ...slice.metadata, annotations } }
}
