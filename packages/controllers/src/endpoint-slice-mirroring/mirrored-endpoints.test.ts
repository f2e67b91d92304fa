import { expect, test } from 'vitest'
import type { EndpointAddress, Endpoints, EndpointSubset } from '../endpoints/endpoints.ts'
import { mirroredEndpoints } from './mirrored-endpoints.ts'

const endpoints = (...subsets: EndpointSubset[]): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'e', namespace: 'x' },
  subsets,
})
const addresses = (...ips: string[]): EndpointAddress[] => ips.map((ip) => ({ ip }))

/** `family ports: address ready, …` of each group. */
const summary = (object: Endpoints, max?: number) =>
  [...mirroredEndpoints(object, max).groups.values()].map(({ family, ports, endpoints: members }) => {
    const numbers = ports.map(({ port }) => port).join()
    return `${family} ${numbers}: ${[...members.values()].map((e) => `${e.addresses.join()} ${e.conditions?.ready}`).join(', ')}`
  })

test.each<[string, Endpoints, string[], { invalid: number; skipped: number }]>([
  ['nothing', endpoints(), [], { invalid: 0, skipped: 0 }],
  [
    'ready, then not ready',
    endpoints({
      addresses: addresses('10.0.0.1'),
      notReadyAddresses: addresses('10.0.0.2'),
      ports: [{ port: 80 }, { port: 81 }],
    }),
    ['IPv4 80,81: 10.0.0.1 true, 10.0.0.2 false'],
    { invalid: 0, skipped: 0 },
  ],
  [
    'families apart',
    endpoints({ addresses: addresses('10.0.0.1', 'fd00:0::1', '::ffff:10.0.0.2'), ports: [{ port: 80 }] }),
    ['IPv4 80: 10.0.0.1 true, 10.0.0.2 true', 'IPv6 80: fd00::1 true'],
    { invalid: 0, skipped: 0 },
  ],
  [
    'subsets with the same addresses as one',
    endpoints(
      { addresses: addresses('10.0.0.1'), ports: [{ port: 81 }] },
      { addresses: addresses('10.0.0.1'), ports: [{ port: 80 }] },
    ),
    ['IPv4 80,81: 10.0.0.1 true'],
    { invalid: 0, skipped: 0 },
  ],
  [
    'what is no address',
    endpoints({ addresses: addresses('10.0.0.1', 'nonsense'), ports: [{ port: 80 }] }),
    ['IPv4 80: 10.0.0.1 true'],
    { invalid: 1, skipped: 1 },
  ],
  [
    'more than there is room for: ready ones first',
    endpoints({
      addresses: addresses('10.0.0.1', '10.0.0.2'),
      notReadyAddresses: addresses('10.0.0.3', '10.0.0.4', '10.0.0.5'),
      ports: [{ port: 80 }],
    }),
    ['IPv4 80: 10.0.0.1 true, 10.0.0.2 true, 10.0.0.3 false'],
    { invalid: 0, skipped: 2 },
  ],
])('%s', (_, object, groups, counts) => {
  expect(summary(object, 3)).toEqual(groups)
  expect(mirroredEndpoints(object, 3)).toMatchObject(counts)
})

test('1000 of a subset', () => {
  const ips = Array.from({ length: 1002 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
  const { groups, skipped } = mirroredEndpoints(endpoints({ addresses: addresses(...ips) }))
  expect([...groups.values()].map((group) => group.endpoints.size)).toEqual([1000])
  expect(skipped).toBe(2)
})

test('everything that is known of an address and of a port', () => {
  const targetRef = { kind: 'Pod', namespace: 'x', name: 'p', uid: 'u' }
  const { groups } = mirroredEndpoints(
    endpoints({
      addresses: [{ ip: '010.0.0.1', hostname: 'h', nodeName: 'n', targetRef }],
      ports: [{ name: 'web', port: 80, protocol: 'TCP', appProtocol: 'http' }],
    }),
  )
  expect([...groups.values()]).toEqual([
    {
      family: 'IPv4',
      ports: [{ name: 'web', port: 80, protocol: 'TCP', appProtocol: 'http' }],
      endpoints: new Map([
        [
          expect.any(String),
          { addresses: ['10.0.0.1'], conditions: { ready: true }, hostname: 'h', nodeName: 'n', targetRef },
        ],
      ]),
    },
  ])
})
