import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IpFamily, Service } from '../services/service.ts'
import type { EndpointGroups } from './desired-endpoints.ts'
import { type Endpoint, endpointKey, type EndpointSlice, portsKey } from './endpoint-slice.ts'
import { planSlices } from './plan-slices.ts'
import type { SlicePlan } from './slice-plan.ts'

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'x', uid: 'u', labels: { app: 'a' } },
  spec: { clusterIP: '10.96.0.1' },
}
const labels = {
  app: 'a',
  'kubernetes.io/service-name': 's',
  'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
}
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'
const ownerReference = {
  apiVersion: 'v1',
  kind: 'Service',
  name: 's',
  uid: 'u',
  controller: true,
  blockOwnerDeletion: true,
}

const endpoint = (name: string, ready = true): Endpoint => ({
  addresses: ['10.0.0.1'],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: { kind: 'Pod', namespace: 'x', name, uid: name },
})
const endpoints = (count: number, from = 0): Endpoint[] =>
  Array.from({ length: count }, (_, index) => endpoint(`p${from + index}`))

/** Groups by port number. */
function groupsOf(members: Readonly<Record<number, readonly Endpoint[]>>): EndpointGroups {
  return new Map(
    Object.entries(members).map(([number, list]) => {
      const ports = [{ name: '', port: Number(number), protocol: 'TCP' }]
      return [portsKey(ports), { ports, endpoints: new Map(list.map((e) => [endpointKey(e), e])) }]
    }),
  )
}
const desired = (members: Readonly<Record<number, readonly Endpoint[]>>): ReadonlyMap<IpFamily, EndpointGroups> =>
  new Map([['IPv4', groupsOf(members)]])

function slice(name: string, members: Endpoint[], changes: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
    endpoints: members,
    ...changes,
    metadata: { name, namespace: 'x', labels, ownerReferences: [ownerReference], ...changes.metadata },
  }
}
const placeholder = (name: string, changes: Partial<EndpointSlice> = {}): EndpointSlice =>
  // As the server gives empty lists back.
  slice(name, [], { ports: null, endpoints: null, ...changes })

/** How many endpoints each written slice has, and the names of those that go. */
const sizes = (plan: SlicePlan) => ({
  create: plan.create.map((created) => created.endpoints?.length),
  update: Object.fromEntries(plan.update.map((updated) => [updated.metadata.name, updated.endpoints?.length])),
  delete: plan.delete.map(({ metadata }) => metadata.name),
})

let named = 0
/** The slices as the server has them after the writes. */
function apply(existing: readonly EndpointSlice[], plan: SlicePlan): EndpointSlice[] {
  const gone = new Set(plan.delete.map(({ metadata }) => metadata.name))
  const updated = new Map(plan.update.map((changed) => [changed.metadata.name, changed]))
  const created = plan.create.map((fresh) => {
    named += 1
    return { ...fresh, metadata: { ...fresh.metadata, name: `${fresh.metadata.generateName ?? ''}${named}` } }
  })
  return [
    ...existing
      .filter(({ metadata }) => !gone.has(metadata.name))
      .map((kept) => updated.get(kept.metadata.name) ?? kept),
    ...created,
  ]
}

const foreign = { ...ownerReference, uid: 'before' }

describe('the writes', () => {
  test.each<[string, EndpointSlice[], Record<number, Endpoint[]>, ReturnType<typeof sizes>]>([
    ['without endpoints, an empty slice', [], {}, { create: [0], update: {}, delete: [] }],
    ['which then stays', [placeholder('a')], {}, { create: [], update: {}, delete: [] }],
    ['also for pods without the port', [placeholder('a')], { 80: [] }, { create: [], update: {}, delete: [] }],
    ['as many slices as it takes', [], { 80: endpoints(250) }, { create: [100, 100, 50], update: {}, delete: [] }],
    ['one of exactly 100', [], { 80: endpoints(100) }, { create: [100], update: {}, delete: [] }],
    [
      'the empty slice becomes the first',
      [placeholder('a')],
      { 80: endpoints(3) },
      { create: [], update: { a: 3 }, delete: [] },
    ],
    [
      'nothing, when everything is there',
      [slice('a', endpoints(2)), slice('b', endpoints(2, 2))],
      { 80: endpoints(4) },
      { create: [], update: {}, delete: [] },
    ],
    [
      'a change in its own slice only',
      [slice('a', endpoints(2)), slice('b', endpoints(2, 2))],
      { 80: [endpoint('p0'), endpoint('p1'), endpoint('p2', false), endpoint('p3')] },
      { create: [], update: { b: 2 }, delete: [] },
    ],
    [
      'a new one into the slice that changes anyway',
      [slice('a', endpoints(90)), slice('b', endpoints(3, 90))],
      { 80: [...endpoints(92), endpoint('new')] },
      { create: [], update: { b: 3 }, delete: [] },
    ],
    [
      'else into the fullest slice that takes all',
      [slice('a', endpoints(10)), slice('b', endpoints(90, 10)), slice('c', endpoints(99, 100))],
      { 80: endpoints(204) },
      { create: [], update: { b: 95 }, delete: [] },
    ],
    [
      'else into a new slice',
      [slice('a', endpoints(98)), slice('b', endpoints(98, 98))],
      { 80: endpoints(201) },
      { create: [5], update: {}, delete: [] },
    ],
    [
      'whole slices of new ones, and the rest where it fits',
      [slice('a', endpoints(90))],
      { 80: endpoints(195) },
      { create: [100], update: { a: 95 }, delete: [] },
    ],
    [
      'the fullest of those that change first',
      [slice('a', endpoints(50)), slice('b', endpoints(90, 50))],
      { 80: [...endpoints(49), ...endpoints(89, 50), ...endpoints(15, 1000)] },
      { create: [], update: { a: 53, b: 100 }, delete: [] },
    ],
    [
      'a slice without endpoints goes',
      [slice('a', endpoints(2)), slice('b', endpoints(2, 2))],
      { 80: endpoints(2) },
      { create: [], update: {}, delete: ['b'] },
    ],
    ['the last one stays, empty', [slice('a', endpoints(2))], {}, { create: [], update: { a: 0 }, delete: [] }],
    [
      'other ports take the same slice',
      [slice('a', endpoints(2))],
      { 81: endpoints(2) },
      { create: [], update: { a: 2 }, delete: [] },
    ],
    [
      'ports by group',
      [slice('a', endpoints(2))],
      { 80: endpoints(2), 81: endpoints(1, 2) },
      { create: [1], update: {}, delete: [] },
    ],
    [
      'ports of another order are the same',
      [slice('a', endpoints(2), { ports: [{ port: 80, protocol: 'TCP' }] })],
      { 80: endpoints(2) },
      { create: [], update: {}, delete: [] },
    ],
    [
      'an endpoint that stands twice stands once',
      [slice('a', endpoints(2)), slice('b', endpoints(2))],
      { 80: endpoints(2) },
      { create: [], update: {}, delete: ['b'] },
    ],
    [
      'other labels',
      [slice('a', endpoints(2), { metadata: { labels: { ...labels, app: 'before' } } })],
      { 80: endpoints(3) },
      { create: [], update: { a: 3 }, delete: [] },
    ],
    [
      'an empty slice with other labels',
      [placeholder('a', { metadata: { labels: { ...labels, more: '' } } })],
      {},
      { create: [], update: { a: 0 }, delete: [] },
    ],
    [
      'slices of a Service that had the name before are not taken over',
      [slice('a', endpoints(2), { metadata: { ownerReferences: [foreign] } })],
      { 80: endpoints(2) },
      { create: [2], update: {}, delete: ['a'] },
    ],
    [
      'an empty one neither',
      [placeholder('a', { metadata: { ownerReferences: [foreign] } })],
      {},
      { create: [0], update: {}, delete: ['a'] },
    ],
    [
      'slices of a family that the Service does not have go',
      [slice('a', endpoints(2)), slice('b', [], { addressType: 'IPv6' })],
      { 80: endpoints(2) },
      { create: [], update: {}, delete: ['b'] },
    ],
  ])('%s', (_, existing, members, writes) => {
    const plan = planSlices(service, existing, desired(members))
    expect(sizes(plan)).toEqual(writes)
    expect(sizes(planSlices(service, apply(existing, plan), desired(members)))).toEqual({
      create: [],
      update: {},
      delete: [],
    })
  })
})

describe('a slice', () => {
  test('that is new', () => {
    const triggerTime = '2030-01-01T00:00:00Z'
    const plan = planSlices(service, [], desired({ 80: [endpoint('p')] }), { triggerTime })
    expect(plan.create).toEqual([
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          generateName: 's-',
          namespace: 'x',
          labels,
          annotations: { [triggerTimeAnnotation]: triggerTime },
          ownerReferences: [ownerReference],
        },
        addressType: 'IPv4',
        endpoints: [endpoint('p')],
        ports: [{ name: '', port: 80, protocol: 'TCP' }],
      },
    ])
  })

  test('of a headless Service says so, whatever label the Service has', () => {
    const headlessLabel = 'service.kubernetes.io/headless'
    const metadata = { ...service.metadata, labels: { app: 'a', [headlessLabel]: 'yes' } }
    const labelsOf = (clusterIP: string) =>
      planSlices({ ...service, metadata, spec: { clusterIP } }, [], desired({})).create[0]?.metadata.labels
    expect(labelsOf('None')).toEqual({ ...labels, [headlessLabel]: '' })
    expect(labelsOf('10.96.0.1')).toEqual(labels)
  })

  test('keeps what others wrote, but for the time', () => {
    const metadata = {
      resourceVersion: '7',
      uid: 'uid-a',
      finalizers: ['example.com/hold'],
      annotations: { note: 'mine', [triggerTimeAnnotation]: 'before' },
    }
    const existing = slice('a', endpoints(1), { metadata })
    const { update } = planSlices(service, [existing], desired({ 80: endpoints(2) }))
    expect(update[0]?.metadata).toEqual({ ...existing.metadata, annotations: { note: 'mine' } })
  })

  test('that becomes one of other ports keeps its place only', () => {
    const existing = slice('a', endpoints(1), { metadata: { resourceVersion: '7', annotations: { note: 'mine' } } })
    const { update } = planSlices(service, [existing], desired({ 81: endpoints(1) }))
    expect(update).toEqual([
      {
        ...existing,
        metadata: { ...existing.metadata, annotations: {} },
        ports: [{ name: '', port: 81, protocol: 'TCP' }],
      },
    ])
  })
})

test('whatever slices there are: a plan gives what is desired in small slices, and a second one is empty', () => {
  const pods = fc.uniqueArray(fc.record({ name: fc.integer({ min: 0, max: 60 }), ready: fc.boolean() }), {
    selector: ({ name }) => name,
    maxLength: 40,
  })
  const list = pods.map((members) => members.map(({ name, ready }) => endpoint(`p${name}`, ready)))
  const groups = fc.dictionary(fc.constantFrom('80', '81', '82'), list, { maxKeys: 3 })
  const maxEndpoints = 7
  const existingSlice = fc.record({
    members: list.map((members) => members.slice(0, maxEndpoints)),
    port: fc.constantFrom(80, 81, 83),
    isOwn: fc.boolean(),
    isLabelled: fc.boolean(),
    addressType: fc.constantFrom('IPv4', 'IPv4', 'IPv6'),
  })
  const property = fc.property(groups, fc.array(existingSlice, { maxLength: 8 }), (wanted, slices) => {
    const existing = slices.map(({ members, port, isOwn, isLabelled, addressType }, index) =>
      slice(`a${index}`, members, {
        addressType,
        ports: [{ name: '', port, protocol: 'TCP' }],
        metadata: {
          labels: isLabelled ? labels : { ...labels, app: 'before' },
          ownerReferences: [isOwn ? ownerReference : foreign],
        },
      }),
    )
    const target = desired(wanted)
    const after = apply(existing, planSlices(service, existing, target, { maxEndpoints }))
    expect(after.every(({ endpoints: members }) => (members ?? []).length <= maxEndpoints)).toBe(true)
    expect(after.every(({ addressType }) => addressType === 'IPv4')).toBe(true)
    expect(after.every(({ metadata }) => metadata.ownerReferences?.[0]?.uid === 'u')).toBe(true)
    expect(after.length).toBeGreaterThan(0)
    const standing = after.flatMap(({ ports, endpoints: members }) =>
      (members ?? []).map((member) => `${portsKey(ports)} ${JSON.stringify(member)}`),
    )
    const expected = [...groupsOf(wanted)].flatMap(([key, group]) =>
      [...group.endpoints.values()].map((member) => `${key} ${JSON.stringify(member)}`),
    )
    expect(standing.sort()).toEqual(expected.sort())
    const again = planSlices(service, after, target, { maxEndpoints })
    expect(sizes(again)).toEqual({ create: [], update: {}, delete: [] })
  })
  fc.assert(property, { numRuns: 500 })
})
