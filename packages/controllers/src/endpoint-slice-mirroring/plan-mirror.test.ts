import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EndpointSlice } from '../endpoint-slices/endpoint-slice.ts'
import type { SlicePlan } from '../endpoint-slices/slice-plan.ts'
import type { Endpoints, EndpointSubset } from '../endpoints/endpoints.ts'
import { groupKey, mirroredEndpoints } from './mirrored-endpoints.ts'
import { planMirror } from './plan-mirror.ts'

const serviceLabels = {
  'kubernetes.io/service-name': 'e',
  'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
}
const subset = (ips: readonly string[], port: number): EndpointSubset => ({
  addresses: ips.map((ip) => ({ ip })),
  ports: [{ port, protocol: 'TCP' }],
})
const object = (subsets: EndpointSubset[], metadata: Endpoints['metadata'] = {}): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'e', namespace: 'x', uid: 'u', ...metadata },
  subsets,
})
const plan = (endpoints: Endpoints, existing: readonly EndpointSlice[] = []): SlicePlan =>
  planMirror(endpoints, existing, mirroredEndpoints(endpoints).groups)

let named = 0
/** The slices as the server has them after the writes. */
function apply(existing: readonly EndpointSlice[], { create, update, ...writes }: SlicePlan): EndpointSlice[] {
  const updated = new Map(update.map((slice) => [slice.metadata.name, slice]))
  return [
    ...existing
      .filter((slice) => !writes.delete.includes(slice))
      .map((slice) => updated.get(slice.metadata.name) ?? slice),
    ...create.map((slice) => {
      named += 1
      return { ...slice, metadata: { ...slice.metadata, name: `${slice.metadata.generateName ?? ''}${named}` } }
    }),
  ]
}
const sizes = ({ create, update, ...writes }: SlicePlan) => [create.length, update.length, writes.delete.length]

test('a slice that is new', () => {
  const annotations = {
    note: 'mine',
    'endpoints.kubernetes.io/last-change-trigger-time': 'now',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  }
  const { create } = plan(object([subset(['10.0.0.1'], 80)], { labels: { team: 'a' }, annotations }))
  expect(create).toEqual([
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        generateName: 'e-',
        namespace: 'x',
        labels: { team: 'a', ...serviceLabels },
        annotations: { note: 'mine' },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Endpoints', name: 'e', uid: 'u', controller: true, blockOwnerDeletion: true },
        ],
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
    },
  ])
})

describe('writes: creations, updates, deletions', () => {
  const before = object([subset(['10.0.0.1', '10.0.0.2'], 80), subset(['fd00::1'], 81)], { labels: { team: 'a' } })
  test.each<[string, Endpoints, number[]]>([
    ['nothing has changed', before, [0, 0, 0]],
    [
      'an address less',
      object([subset(['10.0.0.1'], 80), subset(['fd00::1'], 81)], { labels: { team: 'a' } }),
      [0, 1, 0],
    ],
    ['a label', object(before.subsets ?? []), [0, 2, 0]],
    ['an annotation', object(before.subsets ?? [], { labels: { team: 'a' }, annotations: { a: 'b' } }), [0, 2, 0]],
    [
      'an annotation that is not mirrored',
      object(before.subsets ?? [], {
        labels: { team: 'a' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      }),
      [0, 0, 0],
    ],
    ['another object of the name', object(before.subsets ?? [], { labels: { team: 'a' }, uid: 'v' }), [0, 2, 0]],
    ['a family less', object([subset(['10.0.0.1', '10.0.0.2'], 80)], { labels: { team: 'a' } }), [0, 0, 1]],
    [
      'other ports',
      object([subset(['10.0.0.1'], 8080), subset(['fd00::1'], 81)], { labels: { team: 'a' } }),
      [0, 1, 0],
    ],
    ['nothing any more', object([]), [0, 0, 2]],
  ])('%s', (_, after, writes) => {
    const existing = apply([], plan(before))
    expect(existing).toHaveLength(2)
    expect(sizes(plan(after, existing))).toEqual(writes)
  })

  test('of two slices for the same one stays', () => {
    const [slice] = apply([], plan(object([subset(['10.0.0.1'], 80)])))
    const other = { ...slice, metadata: { ...slice?.metadata, name: 'other' } } as EndpointSlice
    expect(plan(object([subset(['10.0.0.1'], 80)]), [slice as EndpointSlice, other])).toEqual({
      create: [],
      update: [],
      delete: [other],
    })
  })
})

test('whatever was there: a plan gives slices that say what Endpoints say, and a second one is empty', () => {
  const ips = fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1', 'fd00::2'))
  const anySubset = fc
    .record({ ready: ips, notReady: ips, ports: fc.uniqueArray(fc.constantFrom(80, 81, 443), { maxLength: 2 }) })
    .map(
      ({ ready, notReady, ports }): EndpointSubset => ({
        addresses: ready.map((ip) => ({ ip })),
        notReadyAddresses: notReady.map((ip) => ({ ip })),
        ports: ports.map((port) => ({ port, protocol: 'TCP' })),
      }),
    )
  const anyObject = fc
    .record({
      subsets: fc.array(anySubset, { maxLength: 4 }),
      uid: fc.constantFrom('u', 'v'),
      team: fc.constantFrom('a', 'b'),
    })
    .map(({ subsets, uid, team }) => object(subsets, { uid, labels: { team } }))
  const property = fc.property(anyObject, anyObject, (before, after) => {
    const existing = apply([], plan(before))
    const slices = apply(existing, plan(after, existing))
    expect(sizes(plan(after, slices))).toEqual([0, 0, 0])
    const desired = [...mirroredEndpoints(after).groups].flatMap(([key, { endpoints }]) =>
      [...endpoints.values()].map((endpoint) => `${key} ${JSON.stringify(endpoint)}`),
    )
    const standing = slices.flatMap(({ addressType, ports, endpoints }) =>
      (endpoints ?? []).map((endpoint) => `${groupKey(addressType, ports)} ${JSON.stringify(endpoint)}`),
    )
    expect(standing.sort()).toEqual(desired.sort())
    expect(slices.every(({ metadata }) => metadata.ownerReferences?.[0]?.uid === after.metadata.uid)).toBe(true)
  })
  fc.assert(property, { numRuns: 300 })
})
