import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EndpointAddress, EndpointSubset } from './endpoints.ts'
import { repackSubsets, sameSubsets } from './repack-subsets.ts'

const address = (ip: string, uid?: string): EndpointAddress => ({
  ip,
  ...(uid === undefined ? {} : { targetRef: { kind: 'Pod', uid } }),
})
const web = { name: 'web', port: 80, protocol: 'TCP' }
const tls = { name: 'tls', port: 443, protocol: 'TCP' }

test.each<[string, EndpointSubset[], EndpointSubset[]]>([
  ['nothing', [], []],
  ['a subset without addresses says nothing', [{ ports: [web] }], []],
  ['an address without ports', [{ addresses: [address('10.0.0.1')] }], [{ addresses: [address('10.0.0.1')] }]],
  [
    'ports of the same addresses come together, in order',
    [
      { addresses: [address('10.0.0.2'), address('10.0.0.1')], ports: [web] },
      { addresses: [address('10.0.0.1')], ports: [tls] },
      { addresses: [address('10.0.0.2')], ports: [tls] },
    ],
    [{ addresses: [address('10.0.0.1'), address('10.0.0.2')], ports: [tls, web] }],
  ],
  [
    'ports of other addresses stay apart',
    [
      { addresses: [address('10.0.0.1')], ports: [web] },
      { addresses: [address('10.0.0.1'), address('10.0.0.2')], ports: [tls] },
    ],
    [
      { addresses: [address('10.0.0.1'), address('10.0.0.2')], ports: [tls] },
      { addresses: [address('10.0.0.1')], ports: [web] },
    ],
  ],
  [
    'so do those that are ready for one port only',
    [
      { addresses: [address('10.0.0.1')], ports: [web] },
      { notReadyAddresses: [address('10.0.0.1')], ports: [tls] },
    ],
    [
      { notReadyAddresses: [address('10.0.0.1')], ports: [tls] },
      { addresses: [address('10.0.0.1')], ports: [web] },
    ],
  ],
  [
    'not ready counts more than ready',
    [
      { addresses: [address('10.0.0.1')], ports: [web] },
      { notReadyAddresses: [address('10.0.0.1')], ports: [web] },
      { addresses: [address('10.0.0.1')], ports: [web] },
    ],
    [{ notReadyAddresses: [address('10.0.0.1')], ports: [web] }],
  ],
  [
    'pods that share an address are two',
    [{ addresses: [address('10.0.0.1', 'b'), address('10.0.0.1', 'a'), address('10.0.0.1', 'a')], ports: [web] }],
    [{ addresses: [address('10.0.0.1', 'a'), address('10.0.0.1', 'b')], ports: [web] }],
  ],
])('%s', (_, subsets, packed) => {
  expect(repackSubsets(subsets)).toEqual(packed)
})

test('packing keeps what is said, whatever the order, and packs what is packed to itself', () => {
  const members = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 5 })
  const ports = fc.uniqueArray(fc.constantFrom(80, 81, 443), { maxLength: 3 })
  const anySubset = fc.record({ ready: members, notReady: members, ports }).map(
    (parts): EndpointSubset => ({
      addresses: parts.ready.map((host) => address(`10.0.0.${host}`, `uid-${host}`)),
      notReadyAddresses: parts.notReady.map((host) => address(`10.0.0.${host}`, `uid-${host}`)),
      ports: parts.ports.map((port) => ({ port, protocol: 'TCP' })),
    }),
  )
  /** By `port address`: whether it is ready. */
  const said = (subsets: readonly EndpointSubset[]): Record<string, boolean> => {
    const all: Record<string, boolean> = {}
    for (const { addresses = [], notReadyAddresses = [], ports: list = [] } of subsets) {
      for (const port of list.length === 0 ? ['none'] : list.map(({ port: number }) => String(number))) {
        for (const { ip } of addresses) all[`${port} ${ip}`] ??= true
        for (const { ip } of notReadyAddresses) all[`${port} ${ip}`] = false
      }
    }
    return all
  }
  const property = fc.property(fc.array(anySubset, { maxLength: 5 }), (subsets) => {
    const packed = repackSubsets(subsets)
    // Addresses without ports are told apart only from those that have none.
    const withPorts = ([key]: [string, boolean]): boolean => !key.startsWith('none')
    expect(Object.entries(said(packed)).filter(withPorts).sort()).toEqual(
      Object.entries(said(subsets)).filter(withPorts).sort(),
    )
    expect(repackSubsets(packed)).toEqual(packed)
    const reversed = subsets.toReversed().map(({ addresses, notReadyAddresses, ports: list }) => ({
      addresses: (addresses ?? []).toReversed(),
      notReadyAddresses: (notReadyAddresses ?? []).toReversed(),
      ports: (list ?? []).toReversed(),
    }))
    expect(repackSubsets(reversed)).toEqual(packed)
    expect(sameSubsets(subsets, packed)).toBe(true)
  })
  fc.assert(property, { numRuns: 300 })
})

test.each<[string, EndpointSubset, EndpointSubset, boolean]>([
  [
    'another order',
    { ports: [web, tls], addresses: [address('a')] },
    { ports: [tls, web], addresses: [address('a')] },
    true,
  ],
  [
    'another version of the pod',
    { addresses: [{ ip: 'a', targetRef: { uid: 'u', resourceVersion: '1' } }] },
    { addresses: [{ ip: 'a', targetRef: { uid: 'u', resourceVersion: '2' } }] },
    true,
  ],
  [
    'defaults',
    { ports: [{ port: 80 }], addresses: [address('a')] },
    { ports: [{ name: '', port: 80, protocol: 'TCP' }], addresses: [address('a')] },
    true,
  ],
  ['another pod', { addresses: [address('a', 'u')] }, { addresses: [address('a', 'v')] }, false],
  ['another hostname', { addresses: [{ ip: 'a', hostname: 'x' }] }, { addresses: [{ ip: 'a' }] }, false],
  ['another node', { addresses: [{ ip: 'a', nodeName: 'x' }] }, { addresses: [{ ip: 'a' }] }, false],
  ['readiness', { addresses: [address('a')] }, { notReadyAddresses: [address('a')] }, false],
  [
    'another protocol',
    { ports: [{ port: 80, protocol: 'UDP' }], addresses: [address('a')] },
    { ports: [{ port: 80 }], addresses: [address('a')] },
    false,
  ],
])('whether subsets say the same: %s', (_, one, other, same) => {
  expect(sameSubsets([one], [other])).toBe(same)
})
