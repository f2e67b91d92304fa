import type { KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import type { Pod } from '../services/pod.ts'
import type { Service } from '../services/service.ts'
import { desiredEndpoints } from './desired-endpoints.ts'
import type { Endpoint, EndpointPort } from './endpoint-slice.ts'

const service = (spec: Service['spec'] = {}, annotations: Record<string, string> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'x', annotations },
  spec: { clusterIP: '10.96.0.1', ports: [{ port: 80, protocol: 'TCP' }], ...spec },
})

interface PodParts {
  readonly ready?: boolean
  readonly spec?: Pod['spec']
  readonly status?: Pod['status']
  readonly metadata?: Pod['metadata']
}

function pod(name: string, { ready = true, spec, status, metadata }: PodParts = {}): Pod {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'x', uid: `uid-${name}`, ...metadata },
    spec: { nodeName: 'n1', ...spec },
    status: { podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], conditions, ...status },
  }
}

const findNode = (name: string): KubeObject | undefined => {
  const labels = { 'topology.kubernetes.io/zone': 'west' }
  if (name === 'n1') return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }
  return name === 'n2' ? { apiVersion: 'v1', kind: 'Node', metadata: { name } } : undefined
}

const only = (s: Service, p: Pod): Endpoint | undefined =>
  [...desiredEndpoints(s, [p], findNode).families.values()][0]?.values().next().value?.endpoints.values().next().value

describe('an endpoint', () => {
  const full = {
    addresses: ['10.0.0.1'],
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: 'Pod', namespace: 'x', name: 'p', uid: 'uid-p' },
    nodeName: 'n1',
    zone: 'west',
  }
  const terminating = { deletionTimestamp: '2030-01-01T00:00:00Z' }
  const zoneHints = { forZones: [{ name: 'west' }] }
  const auto = { 'service.kubernetes.io/topology-mode': 'Auto' }
  test.each<[string, Service, PodParts, Partial<Endpoint> | undefined]>([
    ['of a ready pod', service(), {}, {}],
    ['not ready', service(), { ready: false }, { conditions: { ready: false, serving: false, terminating: false } }],
    [
      'not ready, but published',
      service({ publishNotReadyAddresses: true }),
      { ready: false },
      { conditions: { ready: true, serving: false, terminating: false } },
    ],
    [
      'terminating',
      service(),
      { metadata: terminating },
      { conditions: { ready: false, serving: true, terminating: true } },
    ],
    [
      'terminating, but published',
      service({ publishNotReadyAddresses: true }),
      { metadata: terminating },
      { conditions: { ready: true, serving: true, terminating: true } },
    ],
    ['that has ended', service(), { status: { phase: 'Failed' } }, undefined],
    ['with a hostname', service(), { spec: { hostname: 'h', subdomain: 's' } }, { hostname: 'h' }],
    ['of the other family', service({ ipFamilies: ['IPv6'] }), {}, { addresses: ['fd00::1'] }],
    ['near its zone', service({ trafficDistribution: 'PreferClose' }), {}, { hints: zoneHints }],
    ['in its zone', service({ trafficDistribution: 'PreferSameZone' }), {}, { hints: zoneHints }],
    [
      'on its node',
      service({ trafficDistribution: 'PreferSameNode' }),
      {},
      { hints: { ...zoneHints, forNodes: [{ name: 'n1' }] } },
    ],
    ['with an unknown distribution', service({ trafficDistribution: 'Other' }), {}, {}],
    ['where the annotation comes first', service({ trafficDistribution: 'PreferClose' }, auto), {}, {}],
    [
      'not ready, near its zone',
      service({ trafficDistribution: 'PreferClose' }),
      { ready: false },
      { conditions: { ready: false, serving: false, terminating: false } },
    ],
  ])('%s', (_, s, parts, expected) => {
    expect(only(s, pod('p', parts))).toEqual(expected && { ...full, ...expected })
  })

  test('on a node without a zone has no zone, and no hint of one', () => {
    const { zone: _, ...rest } = full
    const endpoint = { ...rest, nodeName: 'n2' }
    const parts = { spec: { nodeName: 'n2' } }
    expect(only(service({ trafficDistribution: 'PreferClose' }), pod('p', parts))).toEqual(endpoint)
    const hints = { forNodes: [{ name: 'n2' }] }
    expect(only(service({ trafficDistribution: 'PreferSameNode' }), pod('p', parts))).toEqual({ ...endpoint, hints })
  })
})

describe('a node that is not there', () => {
  const lost = pod('lost', { spec: { nodeName: 'gone' } })

  test('takes its pods out, and says so', () => {
    const { families, problems } = desiredEndpoints(service(), [lost, pod('p')], findNode)
    const endpoints = [...(families.get('IPv4')?.values() ?? [])].flatMap((group) => [...group.endpoints.values()])
    expect(endpoints.map(({ targetRef }) => targetRef?.name)).toEqual(['p'])
    expect(problems.map(({ message }) => message)).toEqual(['skipping Pod lost for Service x/s: Node gone Not Found'])
  })

  test('does not matter when addresses are published in any case', () => {
    const published = service({ publishNotReadyAddresses: true })
    expect(only(published, lost)).toMatchObject({ nodeName: 'gone', conditions: { ready: true } })
    expect(desiredEndpoints(published, [lost], findNode).problems).toEqual([])
  })
})

describe('ports', () => {
  const portsOf = (s: Service, pods: Pod[]): (readonly [readonly EndpointPort[], number])[] =>
    [...(desiredEndpoints(s, pods, findNode).families.get('IPv4')?.values() ?? [])].map(({ ports, endpoints }) => [
      ports,
      endpoints.size,
    ])
  const named = (name: string, containerPort: number): Pod =>
    pod(name, { spec: { nodeName: 'n1', containers: [{ ports: [{ name: 'web', containerPort }] }] } })

  test('a name is a group for each of its numbers', () => {
    const s = service({ ports: [{ name: 'http', port: 80, targetPort: 'web', appProtocol: 'kubernetes.io/h2c' }] })
    const port = { name: 'http', protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }
    expect(portsOf(s, [named('a', 8080), named('b', 8081), named('c', 8080), pod('d')])).toEqual([
      [[{ ...port, port: 8080 }], 2],
      [[{ ...port, port: 8081 }], 1],
      [[], 1],
    ])
  })

  test('a headless Service need have none', () => {
    expect(portsOf(service({ clusterIP: 'None', ports: [] }), [pod('a')])).toEqual([[[], 1]])
  })

  test('both families have the same', () => {
    const { families } = desiredEndpoints(service({ ipFamilies: ['IPv6', 'IPv4'] }), [pod('a')], findNode)
    const addresses = [...families].map(([family, groups]) => [
      family,
      ...[...groups.values()].flatMap(({ endpoints }) => [...endpoints.values()].flatMap((e) => e.addresses)),
    ])
    expect(addresses).toEqual([
      ['IPv6', 'fd00::1'],
      ['IPv4', '10.0.0.1'],
    ])
  })
})
