import type { KubeObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { resolveClusterIp, resolveEndpoint, resolveLoopback } from './resolve.ts'
import type { ServiceCatalog } from './service-catalog.ts'
import { endpointsAsSlices, readEndpointSlice, readService } from './service-objects.ts'

const metadata = { namespace: 'n', name: 's' }

function catalog(spec: object | undefined, slices: readonly object[] = []): ServiceCatalog {
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec } as KubeObject
  return {
    service: () => (spec === undefined ? undefined : readService(service)),
    endpointSlices: () => slices.map((slice) => readEndpointSlice({ metadata: {}, ...slice } as KubeObject)),
  }
}

const at443 = { namespace: 'n', name: 's', port: 443 }
const ports = [{ name: 'https', port: 443, targetPort: 8443 }]

test.each<[string, object, object]>([
  ['a cluster IP', { clusterIP: '10.0.0.7', ports }, { host: '10.0.0.7', port: 443 }],
  ['a node port', { type: 'NodePort', clusterIP: '10.0.0.7', ports }, { host: '10.0.0.7', port: 443 }],
  ['a load balancer', { type: 'LoadBalancer', clusterIP: 'fd00::1', ports }, { host: 'fd00::1', port: 443 }],
  ['another name', { type: 'ExternalName', externalName: 'api.example.com' }, { host: 'api.example.com', port: 443 }],
])('RSV-1: %s', (_what, spec, address) => {
  expect(resolveClusterIp(catalog(spec))(at443)).toEqual(address)
})

test.each<[object | undefined, string]>([
  [undefined, 'service "s" not found'],
  [{ clusterIP: 'None', ports }, 'cannot route to service with ClusterIP "None"'],
  [{ clusterIP: '10.0.0.7', ports: [{ port: 80 }] }, 'no service port 443 found for service "s"'],
  [{ type: 'Odd', clusterIP: '10.0.0.7', ports }, 'unsupported service type "Odd"'],
  [{ ports }, 'service "s" has no cluster IP yet'],
])('RSV-1: %o: %s', (spec, message) => {
  expect(() => resolveClusterIp(catalog(spec))(at443)).toThrow(message)
})

const slice = (addresses: readonly string[], more: object = {}) => ({
  addressType: 'IPv4',
  ports: [{ name: 'https', port: 8443 }],
  endpoints: addresses.map((address) => ({ addresses: [address] })),
  ...more,
})

test('RSV-2: every ready endpoint is taken now and then, at its own port', () => {
  const notReady = { endpoints: [{ addresses: ['10.1.0.9'], conditions: { ready: false } }] }
  const known = catalog({ ports }, [slice(['10.1.0.1', '10.1.0.2']), slice([], notReady), slice(['10.1.0.3'])])
  const found = new Set<string>()
  for (let step = 0; step < 100; step += 1) {
    let call = 0
    const { host, port } = resolveEndpoint(known, () => ((step * 7 + (call += 3)) % 10) / 10)(at443)
    expect(port).toBe(8443)
    found.add(host)
  }
  expect([...found].sort()).toEqual(['10.1.0.1', '10.1.0.2', '10.1.0.3'])
})

test('FL: another endpoint than the one that failed, of another slice or family too, and that one when there is no other', () => {
  const pick = (slices: readonly object[], avoid: string): string[] => {
    const known = catalog({ ports, ipFamilies: ['IPv4'] }, slices)
    return [0, 0.3, 0.6, 0.9].map((value) => resolveEndpoint(known, () => value)(at443, avoid).host)
  }
  expect(pick([slice(['10.1.0.1', '10.1.0.2'])], '10.1.0.1:8443')).toEqual(Array(4).fill('10.1.0.2'))
  expect(pick([slice(['10.1.0.1']), slice(['10.1.0.3'])], '10.1.0.1:8443')).toEqual(Array(4).fill('10.1.0.3'))
  expect(pick([slice(['10.1.0.1']), slice(['fd00::2'], { addressType: 'IPv6' })], '10.1.0.1:8443')).toEqual(
    Array(4).fill('fd00::2'),
  )
  expect(pick([slice(['10.1.0.1'])], '10.1.0.1:8443')).toEqual(Array(4).fill('10.1.0.1'))
})

test('RSV-2: slices of the primary family come first', () => {
  const known = catalog({ ports, ipFamilies: ['IPv6'] }, [
    slice(['10.1.0.1']),
    slice(['fd00::2'], { addressType: 'IPv6' }),
  ])
  for (const value of [0, 0.3, 0.6, 0.9]) {
    expect(resolveEndpoint(known, () => value)(at443).host).toBe('fd00::2')
  }
})

test.each<[string, object, readonly object[], string]>([
  ['no slices', { ports }, [], 'no endpoints available for service "s"'],
  [
    'another port name',
    { ports },
    [slice(['10.1.0.1'], { ports: [{ name: 'x', port: 1 }] })],
    'no endpoints available',
  ],
  ['a port without a name', { ports }, [slice(['10.1.0.1'], { ports: [{ port: 1 }] })], 'no endpoints available'],
  ['an external name', { type: 'ExternalName' }, [], 'unsupported service type "ExternalName"'],
])('RSV-2: %s', (_what, spec, slices, message) => {
  expect(() => resolveEndpoint(catalog(spec, slices), () => 0)(at443)).toThrow(message)
})

test('RSV-3: the server itself', () => {
  const resolve = resolveLoopback(
    () => ({ host: '127.0.0.1', port: 6443 }),
    () => ({ host: 'elsewhere', port: 1 }),
  )
  expect(resolve({ namespace: 'default', name: 'kubernetes', port: 443 }).port).toBe(6443)
  expect(resolve({ namespace: 'default', name: 'kubernetes', port: 80 }).host).toBe('elsewhere')
})

test('Endpoints become slices of one family each', () => {
  const endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: [
      {
        addresses: [{ ip: '10.1.0.1' }, { ip: 'fd00::1' }],
        notReadyAddresses: [{ ip: '10.1.0.2' }],
        ports: [{ port: 8443 }],
      },
    ],
  }
  expect(endpointsAsSlices(endpoints)).toEqual([
    {
      addressType: 'IPv4',
      ports: [{ name: '', port: 8443 }],
      endpoints: [
        { address: '10.1.0.1', ready: true },
        { address: '10.1.0.2', ready: false },
      ],
    },
    { addressType: 'IPv6', ports: [{ name: '', port: 8443 }], endpoints: [{ address: 'fd00::1', ready: true }] },
  ])
})
