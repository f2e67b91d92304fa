import { expect, test } from 'vitest'
import type { Service } from '../services/service.ts'
import type { Endpoints, EndpointSubset } from './endpoints.ts'
import { planEndpoints } from './plan-endpoints.ts'

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'x', labels: { app: 'a' } },
  spec: { clusterIP: '10.96.0.1' },
}
const managedBy = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'
const overCapacity = 'endpoints.kubernetes.io/over-capacity'
const subsetOf = (count: number): EndpointSubset => ({
  addresses: Array.from({ length: count }, (_, index) => ({ ip: `10.0.${index >> 8}.${index & 255}` })),
  ports: [{ port: 80, protocol: 'TCP' }],
})
const one = subsetOf(1)

function current(changes: Partial<Endpoints['metadata']> = {}, subsets: EndpointSubset[] = [one]): Endpoints {
  const metadata = { name: 's', namespace: 'x', uid: 'u', resourceVersion: '7', labels: { app: 'a', ...managedBy } }
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...metadata, ...changes }, subsets }
}

test('new ones', () => {
  expect(planEndpoints(service, [one], undefined, '2030-01-01T00:00:00Z')).toEqual({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 's',
      namespace: 'x',
      labels: { app: 'a', ...managedBy },
      annotations: { [triggerTime]: '2030-01-01T00:00:00Z' },
    },
    subsets: [one],
  })
})

test('of no pods', () => {
  expect(planEndpoints(service, [], undefined)).not.toHaveProperty('subsets')
})

const headless: Service = { ...service, spec: { clusterIP: 'None' } }
const headlessLabel = { 'service.kubernetes.io/headless': '' }

test.each<[string, Service, EndpointSubset[], Endpoints, boolean]>([
  ['nothing has changed', service, [one], current(), false],
  ['the annotation of the time is older', service, [one], current({ annotations: { [triggerTime]: 'before' } }), false],
  ['other subsets', service, [subsetOf(2)], current(), true],
  ['no subsets any more', service, [], current(), true],
  ['another label', service, [one], current({ labels: { app: 'b', ...managedBy } }), true],
  ['one label more', service, [one], current({ labels: { app: 'a', more: '', ...managedBy } }), true],
  ['nobody manages it', service, [one], current({ labels: { app: 'a' } }), true],
  ['a headless Service', headless, [one], current(), true],
  ['which it says', headless, [one], current({ labels: { app: 'a', ...managedBy, ...headlessLabel } }), false],
  ['which is not so', service, [one], current({ labels: { app: 'a', ...managedBy, ...headlessLabel } }), true],
  ['too many addresses', service, [subsetOf(1001)], current({}, [subsetOf(1001)]), true],
  [
    'fewer than there are, and that is said',
    service,
    [subsetOf(1001)],
    current({ annotations: { [overCapacity]: 'truncated' } }, [subsetOf(1000)]),
    false,
  ],
  ['fewer than there are, and not said', service, [subsetOf(1001)], current({}, [subsetOf(1000)]), true],
  [
    'all, though others are said to be missing',
    service,
    [one],
    current({ annotations: { [overCapacity]: 'warning' } }),
    true,
  ],
])('a write, when there is something to write: %s', (_, s, subsets, before, isWritten) => {
  const planned = planEndpoints(s, subsets, before)
  expect(planned !== undefined).toBe(isWritten)
  expect(planEndpoints(s, subsets, planned ?? before)).toBeUndefined()
})

test('a change keeps what others wrote', () => {
  const annotations = { note: 'mine', [triggerTime]: 'before', [overCapacity]: 'truncated' }
  const before = current({ annotations, finalizers: ['example.com/hold'] })
  expect(planEndpoints(service, [subsetOf(2)], before)).toEqual({
    ...before,
    metadata: { ...before.metadata, annotations: { note: 'mine' } },
    subsets: [subsetOf(2)],
  })
})
