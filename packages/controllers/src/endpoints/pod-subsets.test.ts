import { describe, expect, test } from 'vitest'
import type { Pod } from '../services/pod.ts'
import type { Service } from '../services/service.ts'
import type { EndpointSubset } from './endpoints.ts'
import { podSubsets } from './pod-subsets.ts'

const service = (spec: Service['spec'] = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'x' },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }], ...spec },
})

function pod(
  name: string,
  ips: readonly string[],
  parts: { ready?: boolean; metadata?: object; spec?: object } = {},
): Pod {
  const { ready = true, metadata, spec } = parts
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'x', uid: `uid-${name}`, ...metadata },
    spec: { nodeName: 'n1', ...spec },
    status: {
      podIPs: ips.map((ip) => ({ ip })),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }
}
const address = (name: string, ip: string, more: object = {}) => ({
  ip,
  ...more,
  nodeName: 'n1',
  targetRef: { kind: 'Pod', namespace: 'x', name, uid: `uid-${name}` },
})
const http = { name: 'http', port: 8080, protocol: 'TCP' }
const terminating = { deletionTimestamp: '2030-01-01T00:00:00Z' }

describe('subsets', () => {
  const ready = pod('a', ['10.0.0.1', 'fd00::1'])
  const notReady = pod('b', ['10.0.0.2'], { ready: false })
  const leaving = pod('c', ['10.0.0.3'], { metadata: terminating })
  test.each<[string, Service, Pod[], EndpointSubset[]]>([
    ['without pods', service(), [], []],
    [
      'ready and not ready',
      service(),
      [ready, notReady],
      [{ addresses: [address('a', '10.0.0.1')], notReadyAddresses: [address('b', '10.0.0.2')], ports: [http] }],
    ],
    ['terminating pods are not there', service(), [leaving], []],
    [
      'unless all are published',
      service({ publishNotReadyAddresses: true }),
      [notReady, leaving],
      [{ addresses: [address('b', '10.0.0.2'), address('c', '10.0.0.3')], ports: [http] }],
    ],
    [
      'of the first family',
      service({ ipFamilies: ['IPv6', 'IPv4'] }),
      [ready, notReady],
      [{ addresses: [address('a', 'fd00::1')], ports: [http] }],
    ],
    [
      'of the family of the cluster IP',
      service({ clusterIP: 'fd01::1' }),
      [ready],
      [{ addresses: [address('a', 'fd00::1')], ports: [http] }],
    ],
    [
      'of the first address when nothing says more',
      service({ clusterIP: 'None' }),
      [pod('a', ['fd00::1', '10.0.0.1'])],
      [{ addresses: [address('a', 'fd00::1')], ports: [http] }],
    ],
    [
      'with a hostname',
      service(),
      [pod('a', ['10.0.0.1'], { spec: { hostname: 'h', subdomain: 's' } })],
      [{ addresses: [address('a', '10.0.0.1', { hostname: 'h' })], ports: [http] }],
    ],
    [
      'without ports, of a headless Service',
      service({ clusterIP: 'None', ports: [] }),
      [ready],
      [{ addresses: [address('a', '10.0.0.1')] }],
    ],
    ['without ports, of another', service({ ports: [] }), [ready], []],
    ['a name that no pod has', service({ ports: [{ port: 80, targetPort: 'web' }] }), [ready], []],
    [
      'a port without a name',
      service({ ports: [{ port: 80, appProtocol: 'kubernetes.io/h2c' }] }),
      [ready],
      [
        {
          addresses: [address('a', '10.0.0.1')],
          ports: [{ port: 80, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }],
        },
      ],
    ],
  ])('%s', (_, s, pods, subsets) => {
    expect(podSubsets(s, pods)).toEqual(subsets)
  })
})
