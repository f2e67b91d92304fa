import { expect, test } from 'vitest'
import type { EndpointSliceView, ServiceView } from '../services/service-objects.ts'
import { checkService } from './check-service.ts'
import { removeCondition, setCondition } from './conditions.ts'

const service: ServiceView = {
  namespace: 'NS',
  name: 'NAME',
  type: 'ClusterIP',
  clusterIp: '10.0.0.1',
  externalName: '',
  ipFamilies: [],
  ports: [{ name: 'https', port: 443 }],
}
const slice: EndpointSliceView = {
  addressType: 'IPv4',
  ports: [{ name: 'https', port: 8443 }],
  endpoints: [{ address: '10.1.0.1', ready: true }],
}

function check(found: ServiceView | undefined | Error, slices: readonly EndpointSliceView[] | Error = [slice]) {
  const get = <Value>(value: Value | Error): Value => {
    if (value instanceof Error) throw value
    return value
  }
  const catalog = { service: () => get(found), endpointSlices: () => get(slices) }
  return checkService(catalog, { namespace: 'NS', name: 'NAME', port: 443 })
}

test.each<[string, ReturnType<typeof check>, string, string, string]>([
  ['AVL-2', check(undefined), 'False', 'ServiceNotFound', 'service/NAME in "NS" is not present'],
  ['AVL-3', check(new Error('E')), 'Unknown', 'ServiceAccessError', 'service/NAME in "NS" cannot be checked due to: E'],
  [
    'AVL-4',
    check({ ...service, ports: [] }),
    'False',
    'ServicePortError',
    'service/NAME in "NS" is not listening on port 443',
  ],
  [
    'AVL-5',
    check(service, new Error('E')),
    'Unknown',
    'EndpointsAccessError',
    'service/NAME in "NS" cannot be checked due to: E',
  ],
  ['AVL-6', check(service, []), 'False', 'EndpointsNotFound', 'cannot find endpointslices for service/NAME in "NS"'],
  [
    'AVL-7',
    check(service, [{ ...slice, endpoints: [{ address: 'a', ready: false }] }]),
    'False',
    'MissingEndpoints',
    'endpointslices for service/NAME in "NS" have no addresses with port name "https"',
  ],
  [
    'AVL-11',
    check(service, [{ ...slice, ports: [{ name: '', port: 1 }] }]),
    'False',
    'MissingEndpoints',
    'endpointslices for service/NAME in "NS" have no addresses with port name "https"',
  ],
])('%s', (_id, found, status, reason, message) => {
  expect(found).toEqual({ status, reason, message })
})

test('AVL-10: only Services of type ClusterIP are looked at', () => {
  expect(check(service)).toBeUndefined()
  for (const type of ['ExternalName', 'NodePort', 'LoadBalancer']) {
    expect(check({ ...service, type, ports: [] }, [])).toBeUndefined()
  }
})

test('AVL: the time of a condition changes with its status only, and foreign conditions stay (APS-8)', () => {
  const foreign = { type: 'StatusUpdated', status: 'True' }
  const finding = { type: 'Available', status: 'False', reason: 'A', message: 'a' } as const
  const first = setCondition([foreign], finding, 0)
  expect(first).toEqual([foreign, { ...finding, lastTransitionTime: '1970-01-01T00:00:00Z' }])
  expect(setCondition(first, finding, 5_000)).toBe(first)
  const reworded = setCondition(first, { ...finding, message: 'b' }, 5_000)
  expect(reworded[1]).toEqual({ ...finding, message: 'b', lastTransitionTime: '1970-01-01T00:00:00Z' })
  const changed = setCondition(reworded, { ...finding, status: 'True' }, 5_000)
  expect(changed[1]?.lastTransitionTime).toBe('1970-01-01T00:00:05Z')
  expect(removeCondition(changed, 'Available')).toEqual([foreign])
  expect(removeCondition(changed, 'Other')).toBe(changed)
})
