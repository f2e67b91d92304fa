import { describe, expect, test } from 'vitest'
import { belongsInEndpoints, findPort, hostnameIn, type Pod, podAddresses } from './pod.ts'
import type { Service } from './service.ts'

const pod = (parts: Partial<Pod> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...parts,
  metadata: { name: 'p', namespace: 'x', ...parts.metadata },
})

describe('whether a pod stands among endpoints', () => {
  const podIP = '10.0.0.1'
  const deleted = { deletionTimestamp: '2030-01-01T00:00:00Z' }
  test.each<[string, Partial<Pod>, boolean, boolean]>([
    ['without a status', {}, false, false],
    ['without an address', { status: { phase: 'Running' } }, false, false],
    ['with an empty address', { status: { podIP: '' } }, false, false],
    ['running', { status: { phase: 'Running', podIP } }, true, true],
    ['pending, with an address', { status: { phase: 'Pending', podIPs: [{ ip: podIP }] } }, true, true],
    ['succeeded', { status: { phase: 'Succeeded', podIP } }, false, false],
    ['failed', { status: { phase: 'Failed', podIP } }, false, false],
    ['terminating', { metadata: deleted, status: { phase: 'Running', podIP } }, false, true],
    ['terminating, and failed', { metadata: deleted, status: { phase: 'Failed', podIP } }, false, false],
  ])('%s', (_, parts, alone, withTerminating) => {
    expect(belongsInEndpoints(pod(parts), false)).toBe(alone)
    expect(belongsInEndpoints(pod(parts), true)).toBe(withTerminating)
  })
})

describe('the number of a port', () => {
  const spec = {
    containers: [
      { ports: [{ name: 'web', containerPort: 8080, protocol: 'TCP' }, { containerPort: 1 }] },
      { ports: [{ name: 'web', containerPort: 8081 }] },
      { ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] },
      {},
    ],
    initContainers: [
      { ports: [{ name: 'once', containerPort: 1 }] },
      { restartPolicy: 'Always', ports: [{ name: 'side', containerPort: 9000 }] },
    ],
  }
  test.each<[string, Parameters<typeof findPort>[1], number | undefined]>([
    ['a number', { port: 80, targetPort: 8080 }, 8080],
    ['none: that of the Service', { port: 80 }, 80],
    ['0: that of the Service', { port: 80, targetPort: 0 }, 80],
    ['a name: the first that has it', { port: 80, targetPort: 'web' }, 8080],
    ['a name of another protocol', { port: 53, targetPort: 'dns' }, undefined],
    ['a name of this protocol', { port: 53, targetPort: 'dns', protocol: 'UDP' }, 53],
    ['an unknown name', { port: 80, targetPort: 'other' }, undefined],
    ['a name of an init container', { port: 80, targetPort: 'once' }, undefined],
    ['a name of an init container that keeps running', { port: 80, targetPort: 'side' }, 9000],
  ])('%s', (_, port, number) => {
    expect(findPort(pod({ spec }), port)).toBe(number)
  })
})

test.each<[Pod['status'], string[], string[]]>([
  [{ podIP: '10.0.0.1' }, ['10.0.0.1'], []],
  [{ podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'FD00:0::1' }] }, ['10.0.0.1'], ['fd00::1']],
  [{ podIPs: [{ ip: '010.0.0.01' }, { ip: '::ffff:10.0.0.2' }, {}, { ip: 'nonsense' }] }, ['10.0.0.1', '10.0.0.2'], []],
])('addresses of %j', (status, ipv4, ipv6) => {
  expect(podAddresses(pod({ status: status ?? {} }), 'IPv4')).toEqual(ipv4)
  expect(podAddresses(pod({ status: status ?? {} }), 'IPv6')).toEqual(ipv6)
})

test.each<[Pod['spec'], string | undefined]>([
  [{ hostname: 'h', subdomain: 's' }, 'h'],
  [{ hostname: 'h', subdomain: 'other' }, undefined],
  [{ hostname: 'h' }, undefined],
  [{ hostname: '', subdomain: 's' }, undefined],
  [{ subdomain: 's' }, undefined],
])('the hostname of %j', (spec, hostname) => {
  const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'x' } }
  expect(hostnameIn(service, pod({ spec: spec ?? {} }))).toBe(hostname)
  const elsewhere = { ...service, metadata: { name: 's', namespace: 'other' } }
  expect(hostnameIn(elsewhere, pod({ spec: spec ?? {} }))).toBeUndefined()
})
