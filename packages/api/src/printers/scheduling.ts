import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, isTrueAt, listAt, numberAt, stringAt } from '../values/read.ts'
import { age, isDeleting, name, since } from './cells.ts'
import { ageColumn, boolean, cellPrinter, integer, nameColumn, type PrinterTable, text } from './printer.ts'

const nameAndAge = cellPrinter([nameColumn, ageColumn], (object, now) => [name(object), age(object, now)])

/** Kinds of scheduling.k8s.io and resource.k8s.io. */
export const schedulingPrinters: PrinterTable = {
  'scheduling.k8s.io/PriorityClass': cellPrinter(
    [
      nameColumn,
      integer('Value', 'The priority; higher goes first.'),
      boolean('Global-Default', 'Whether pods without a class get this one.'),
      ageColumn,
      text('PreemptionPolicy', 'Whether pods may push out others.'),
    ],
    (priorityClass, now) => [
      name(priorityClass),
      numberAt(priorityClass, 'value') ?? 0,
      isTrueAt(priorityClass, 'globalDefault'),
      age(priorityClass, now),
      stringAt(priorityClass, 'preemptionPolicy'),
    ],
  ),
  'scheduling.k8s.io/Workload': nameAndAge,
  'scheduling.k8s.io/PodGroup': cellPrinter(
    [
      nameColumn,
      text('Policy', 'Basic or Gang.'),
      text('Workload', 'The workload that the group belongs to.'),
      text('Status', 'Whether the group is scheduled.'),
      ageColumn,
    ],
    (podGroup, now) => [
      name(podGroup),
      isObject(at(podGroup, 'spec', 'schedulingPolicy', 'gang')) ? 'Gang' : 'Basic',
      workloadName(podGroup),
      podGroupStatus(podGroup),
      age(podGroup, now),
    ],
  ),
  'resource.k8s.io/DeviceClass': nameAndAge,
  'resource.k8s.io/ResourceClaimTemplate': nameAndAge,
  'resource.k8s.io/ResourceClaim': cellPrinter(
    [nameColumn, text('State', 'Whether the claim is pending, allocated, reserved or deleted.'), ageColumn],
    (claim, now) => [name(claim), claimState(claim), age(claim, now)],
  ),
  'resource.k8s.io/ResourceSlice': cellPrinter(
    [
      nameColumn,
      text('Node', 'The node that has the devices.'),
      text('Driver', 'The driver of the devices.'),
      text('Pool', 'The pool that the devices belong to.'),
      ageColumn,
    ],
    (slice, now) => [
      name(slice),
      stringAt(slice, 'spec', 'nodeName'),
      stringAt(slice, 'spec', 'driver'),
      stringAt(slice, 'spec', 'pool', 'name'),
      age(slice, now),
    ],
  ),
  'resource.k8s.io/DeviceTaintRule': cellPrinter(
    [
      nameColumn,
      text('Key', 'The key of the taint.'),
      text('Value', 'The value of the taint.'),
      text('Effect', 'What the taint does.'),
      text('TimeAdded', 'The time since the taint was added.'),
      ageColumn,
    ],
    (rule, now) => {
      const taint = at(rule, 'spec', 'taint')
      const added = at(taint, 'timeAdded')
      return [
        name(rule),
        stringAt(taint, 'key'),
        stringAt(taint, 'value'),
        stringAt(taint, 'effect'),
        typeof added === 'string' ? since(added, now) : '',
        age(rule, now),
      ]
    },
  ),
  'resource.k8s.io/ResourcePoolStatusRequest': cellPrinter(
    [
      nameColumn,
      text('Driver', 'The driver whose pools are asked for.'),
      text('Total', 'The number of devices.'),
      text('Available', 'The number of devices that are free.'),
      text('Allocated', 'The number of devices in use.'),
      text('Unavailable', 'The number of devices that cannot be used.'),
      text('Errors', 'The number of pools that are not valid.'),
      integer('Pools', 'The number of pools.'),
      text('Status', 'Whether the request is answered.'),
      text('Completed', 'The time since the request was answered.'),
    ],
    poolStatusCells,
  ),
}

function workloadName(podGroup: KubeObject): string {
  const reference = at(podGroup, 'spec', 'podGroupTemplateRef')
  return isObject(reference) ? stringAt(reference, 'workload', 'workloadName') : '<none>'
}

function lastCondition(object: KubeObject, type: string): JsonValue | undefined {
  return listAt(object, 'status', 'conditions').findLast((entry) => stringAt(entry, 'type') === type)
}

function podGroupStatus(podGroup: KubeObject): string {
  const disrupted = lastCondition(podGroup, 'DisruptionTarget')
  if (disrupted !== undefined) return stringAt(disrupted, 'reason')
  const scheduled = lastCondition(podGroup, 'PodGroupScheduled')
  if (scheduled === undefined) return 'Pending'
  return stringAt(scheduled, 'status') === 'True' ? 'Scheduled' : 'Unschedulable'
}

function claimState(claim: KubeObject): string {
  const deleting = isDeleting(claim)
  const states = deleting ? ['deleted'] : []
  if (isObject(at(claim, 'status', 'allocation'))) {
    states.push('allocated')
    if (listAt(claim, 'status', 'reservedFor').length > 0) states.push('reserved')
  } else if (!deleting) {
    states.push('pending')
  }
  return states.join(',')
}

function poolStatusCells(request: KubeObject, now: number): readonly JsonValue[] {
  const outcome = poolOutcome(request)
  const pools = listAt(request, 'status', 'pools')
  const poolCount = numberAt(request, 'status', 'poolCount') ?? 0
  const counted = outcome.state !== 'Failed' && isObject(at(request, 'status'))
  const sum = (field: string): string =>
    counted ? String(pools.reduce<number>((total, pool) => total + (numberAt(pool, field) ?? 0), 0)) : '-'
  const truncated = outcome.state === 'Complete' && poolCount > pools.length
  return [
    name(request),
    stringAt(request, 'spec', 'driver'),
    sum('totalDevices'),
    sum('availableDevices'),
    sum('allocatedDevices'),
    sum('unavailableDevices'),
    counted ? String(pools.filter((pool) => at(pool, 'validationError') !== undefined).length) : '-',
    poolCount,
    truncated ? `Complete (${pools.length}/${poolCount} pools)` : outcome.state,
    outcome.state === 'Complete' ? since(outcome.time, now) : '<none>',
  ]
}

/** The first condition that ends the request. */
function poolOutcome(request: KubeObject): { readonly state: string; readonly time?: JsonValue | undefined } {
  const end = listAt(request, 'status', 'conditions').find(
    (entry) => ['Complete', 'Failed'].includes(stringAt(entry, 'type')) && stringAt(entry, 'status') === 'True',
  )
  if (end === undefined) return { state: 'Pending' }
  return { state: stringAt(end, 'type'), time: at(end, 'lastTransitionTime') }
}
