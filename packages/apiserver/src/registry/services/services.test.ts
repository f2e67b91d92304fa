import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { builtinResources } from '@fairlead/api'
import { createMemoryStorage } from '@fairlead/storage'
import { createManualClock } from '@fairlead/storage/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResourceStore } from '../generic/resource-store.ts'
import { createRegistry } from '../registry.ts'
import { create, failureOf, listOf, patch, testContext, write } from '../testing/harness.ts'
import { type AddressRange, parseAddressRange } from './address-range.ts'
import { candidates } from './number-range.ts'

const kinds = new Set(['services', 'ipaddresses', 'endpoints'])
const descriptions = builtinResources().filter(({ resource }) => kinds.has(resource))

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text)
  if (parsed === undefined) throw new Error(`${text} is no range`)
  return parsed
}

function start(addresses: readonly string[] = ['10.0.0.0/24'], nodePorts = { first: 30_000, last: 30_099 }) {
  const clock = createManualClock()
  const storage = createMemoryStorage({ clock })
  const registry = createRegistry({
    storage,
    clock,
    descriptions,
    services: { addresses: addresses.map(range), nodePorts },
  })
  const store = (group: string, resource: string): ResourceStore => {
    const found = registry.store(group, resource)
    if (found === undefined) throw new Error(`${resource} are stored`)
    return found
  }
  const [services, ipAddresses] = [store('', 'services'), store('networking.k8s.io', 'ipaddresses')]
  const held = async () => {
    const { items } = await ipAddresses.read({ ...listOf(), namespace: '' })
    const records = await storage.range('/registry/ranges/servicenodeports/')
    return {
      addresses: items.map(({ name }) => name).sort(),
      ports: records.items.map(({ key }) => Number(key.slice(key.lastIndexOf('/') + 1))),
    }
  }
  const remove = (name: string) => services.delete(testContext(), { namespace: 'ns', name }, {}, write())
  return { services, ipAddresses, endpoints: store('', 'endpoints'), held, remove, storage }
}

function service(name: string, spec: JsonObject = {}): KubeObject {
  const ports = [{ port: 80, protocol: 'TCP', targetPort: 80 }]
  const defaults = { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ports }
  const external = spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer'
  const merged = { ...defaults, ...(external && { externalTrafficPolicy: 'Cluster' }), ...spec }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'ns' }, spec: merged }
}

const specOf = ({ spec }: KubeObject) => spec as JsonObject & { clusterIP: string; ports: { nodePort: number }[] }

describe('addresses', () => {
  test('come with an IPAddress and go with the Service', async () => {
    const { services, ipAddresses, held, remove } = start()
    const spec = specOf(await create(services, service('a')))
    expect(spec).toMatchObject({ clusterIPs: [spec.clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })
    expect(spec.clusterIP).toMatch(/^10\.0\.0\.\d+$/)
    expect(await held()).toEqual({ addresses: [spec.clusterIP], ports: [] })
    expect((await ipAddresses.find({ namespace: '', name: spec.clusterIP }))?.object()).toMatchObject({
      kind: 'IPAddress',
      metadata: {
        name: spec.clusterIP,
        uid: expect.any(String),
        creationTimestamp: expect.any(String),
        labels: {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace: 'ns', name: 'a' } },
    })
    await remove('a')
    expect(await held()).toEqual({ addresses: [], ports: [] })
  })

  test('never are two Services given the same, and the range can be used up', async () => {
    const { services, held } = start(['10.0.0.0/28'])
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => create(services, service(`s${index}`))),
    )
    const given = results.flatMap((result) => (result.status === 'fulfilled' ? [specOf(result.value).clusterIP] : []))
    expect(new Set(given).size).toBe(14)
    expect(given).toHaveLength(14)
    expect((await held()).addresses).toEqual([...given].sort())
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason.message)] : []))
    expect(failures).toHaveLength(6)
    for (const failure of failures) {
      expect(failure).toMatch(
        /^Internal error occurred: failed to allocate a serviceIP for Service "s\d+": range is full$/,
      )
    }
  })

  test.each<[string, string]>([
    ['10.0.0.5', 'failed to allocate IP 10.0.0.5: provided IP is already allocated'],
    [
      '10.0.1.5',
      'failed to allocate IP 10.0.1.5: the provided IP (10.0.1.5) is not in the valid range. The range of valid IPs is 10.0.0.0/24',
    ],
    [
      '10.0.0.255',
      'failed to allocate IP 10.0.0.255: the provided IP (10.0.0.255) is not in the valid range. The range of valid IPs is 10.0.0.0/24',
    ],
  ])('asking for %s', async (clusterIP, detail) => {
    const { services, held } = start()
    await create(services, service('first', { clusterIP: '10.0.0.5' }))
    const { message } = await failureOf(create(services, service('second', { clusterIP })))
    expect(message).toBe(`Service "second" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: ${detail}`)
    expect((await held()).addresses).toEqual(['10.0.0.5'])
  })

  test('a create that fails, and a dry run, hold nothing', async () => {
    const { services, held } = start()
    await failureOf(create(services, service('a', { ports: [] })))
    await services.create(testContext(), service('a'), { ...write({ dryRun: true }), namespace: 'ns' })
    expect(await held()).toEqual({ addresses: [], ports: [] })
    await create(services, service('a'))
    expect((await failureOf(create(services, service('a')))).reason).toBe('AlreadyExists')
    expect((await held()).addresses).toHaveLength(1)
  })

  test('two families, a second one later, and one less', async () => {
    const { services, held } = start(['10.0.0.0/24', 'fd00::/108'])
    await create(services, service('a'))
    const dual = patch('a', (object) =>
      Object.assign(object['spec'] as JsonObject, { ipFamilyPolicy: 'PreferDualStack' }),
    )
    const { object } = await services.update(testContext(), dual, write())
    const { clusterIPs } = specOf(object.object()) as unknown as { clusterIPs: string[] }
    expect(clusterIPs).toEqual([expect.stringMatching(/^10\./), expect.stringMatching(/^fd00::/)])
    expect((await held()).addresses).toEqual([...clusterIPs].sort())
    const single = patch('a', (next) => Object.assign(next['spec'] as JsonObject, { ipFamilyPolicy: 'SingleStack' }))
    await services.update(testContext(), single, write())
    expect((await held()).addresses).toEqual(clusterIPs.slice(0, 1))
  })

  test('are one however they are written', async () => {
    const { services, held } = start(['fd00::/108'])
    const asked = (address: string) => ({ clusterIP: address, clusterIPs: [address] })
    const { clusterIP } = specOf(await create(services, service('a', asked('FD00:0::5'))))
    expect(clusterIP).toBe('FD00:0::5')
    expect((await held()).addresses).toEqual(['fd00::5'])
    const { message } = await failureOf(create(services, service('b', asked('fd00::0005'))))
    expect(message).toContain('failed to allocate IP fd00::0005: provided IP is already allocated')
  })

  test('go when a Service becomes a name of something else, and come back', async () => {
    const { services, held } = start()
    await create(services, service('a'))
    const [before] = (await held()).addresses
    const named = patch('a', (next) =>
      Object.assign(next['spec'] as JsonObject, { type: 'ExternalName', externalName: 'a.b' }),
    )
    await services.update(testContext(), named, write())
    expect((await held()).addresses).toEqual([])
    const usual = patch('a', (next) => Object.assign(next['spec'] as JsonObject, { type: 'ClusterIP' }))
    await services.update(testContext(), usual, write())
    expect((await held()).addresses).toHaveLength(1)
    expect(before).toBeDefined()
  })

  test('and node ports of Services that were stored without records are held from the next write on', async () => {
    const { services, held, storage } = start()
    const stored = (name: string, spec: JsonObject) => {
      const value = JSON.stringify({ ...service(name, spec), metadata: { name, namespace: 'ns', uid: name } })
      const key = `/registry/services/specs/ns/${name}`
      return storage.transaction([], [{ type: 'put', key, value: Buffer.from(value) }])
    }
    const ports = [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30_001 }]
    await stored('asked', { clusterIP: '10.0.0.9' })
    await stored('twice', { clusterIP: '10.0.0.9' })
    await stored('far', { clusterIP: '172.16.0.1' })
    await stored('headless', { clusterIP: 'None' })
    await stored('port', { type: 'NodePort', clusterIP: '10.0.0.10', ports })
    await stored('same-port', { type: 'NodePort', clusterIP: '10.0.0.11', ports })
    for (const name of ['asked', 'twice', 'far', 'headless', 'port', 'same-port']) {
      const touched = patch(name, ({ metadata }) => (metadata.labels = { a: 'b' }))
      const { object } = await services.update(testContext(), touched, write())
      const { clusterIP, clusterIPs } = specOf(object.object())
      expect([name, clusterIPs]).toEqual([name, [clusterIP]])
    }
    const all = ['10.0.0.10', '10.0.0.11', '10.0.0.9', '172.16.0.1']
    expect(await held()).toEqual({ addresses: all, ports: [30_001] })
    const other = patch('asked', (next) => Object.assign(specOf(next), { clusterIP: '10.0.0.12', clusterIPs: [] }))
    const { message } = await failureOf(services.update(testContext(), other, write()))
    expect(message).toContain('spec.clusterIPs[0]: Invalid value: ["10.0.0.12"]: may not change once set')
  })

  test('an IPAddress that a user deletes is made again when its Service is written', async () => {
    const { services, ipAddresses, held } = start()
    const { clusterIP: name } = specOf(await create(services, service('a')))
    await ipAddresses.delete(testContext(), { namespace: '', name }, {}, write())
    const touched = patch('a', ({ metadata }) => (metadata.labels = { a: 'b' }))
    await services.update(testContext(), touched, write())
    expect((await held()).addresses).toEqual([name])
  })

  test('an IPAddress that somebody made for another stays when a Service goes', async () => {
    const { services, ipAddresses, held, remove } = start()
    const { clusterIP: name } = specOf(await create(services, service('a')))
    const other = { parentRef: { resource: 'services', namespace: 'ns', name: 'other' } }
    await ipAddresses.change({ namespace: '', name }, { dryRun: false }, async (current) => ({
      type: 'put',
      object: { ...(current?.object() as KubeObject), spec: other },
    }))
    await remove('a')
    expect((await held()).addresses).toEqual([name])
  })

  test('the Endpoints of a Service go with it', async () => {
    const { services, endpoints, remove } = start()
    await create(services, service('a'))
    await create(endpoints, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'a', namespace: 'ns' } })
    await remove('a')
    expect(await endpoints.find({ namespace: 'ns', name: 'a' })).toBeUndefined()
  })
})

describe('node ports', () => {
  test('are given, shared between protocols of one port, and freed', async () => {
    const { services, held, remove } = start()
    const ports = [
      { name: 'tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: 'udp', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'other', port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30_007 },
    ]
    const [tcp, udp, other] = specOf(await create(services, service('a', { type: 'NodePort', ports }))).ports
    expect(tcp?.nodePort).toBe(udp?.nodePort)
    expect(other?.nodePort).toBe(30_007)
    expect((await held()).ports).toEqual([30_007, tcp?.nodePort].sort())
    await remove('a')
    expect((await held()).ports).toEqual([])
  })

  test('go with the type, and those that are not asked for any more', async () => {
    const { services, held } = start()
    await create(services, service('a', { type: 'NodePort' }))
    const moved = patch('a', (next) => {
      const [port] = specOf(next).ports
      if (port !== undefined) port.nodePort = 30_050
    })
    await services.update(testContext(), moved, write())
    expect((await held()).ports).toEqual([30_050])
    const inner = patch('a', (next) => Object.assign(specOf(next), { type: 'ClusterIP' }))
    const { object } = await services.update(testContext(), inner, write())
    expect(specOf(object.object()).ports[0]).not.toHaveProperty('nodePort')
    expect((await held()).ports).toEqual([])
  })

  test('a port for health checks', async () => {
    const { services, held } = start()
    const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', allocateLoadBalancerNodePorts: false }
    const { healthCheckNodePort } = specOf(await create(services, service('a', local)))
    expect((await held()).ports).toEqual([healthCheckNodePort])
  })

  test.each<[number, string]>([
    [30_001, 'provided port is already allocated'],
    [1, 'provided port is not in the valid range. The range of valid ports is 30000-30099'],
  ])('asking for %d', async (nodePort, detail) => {
    const { services } = start()
    const ports = (number: number) => [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: number }]
    await create(services, service('a', { type: 'NodePort', ports: ports(30_001) }))
    const refused = create(services, service('b', { type: 'NodePort', ports: ports(nodePort) }))
    expect((await failureOf(refused)).message).toBe(
      `Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: ${detail}`,
    )
  })

  test('that a name of something else mentions are not held', async () => {
    const { services, held } = start()
    const ports = [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30_001 }]
    const name = { type: 'ExternalName', externalName: 'a.b', ports }
    await create(services, service('a', name))
    await create(services, service('b', name))
    expect((await held()).ports).toEqual([])
    await create(services, service('c', { type: 'NodePort', ports }))
    const usual = patch('a', (next) =>
      Object.assign(specOf(next), { type: 'NodePort', externalTrafficPolicy: 'Cluster' }),
    )
    const { message } = await failureOf(services.update(testContext(), usual, write()))
    expect(message).toContain('spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated')
  })

  test('none is left', async () => {
    const { services } = start(undefined, { first: 30_000, last: 30_000 })
    await create(services, service('a', { type: 'NodePort' }))
    expect((await failureOf(create(services, service('b', { type: 'NodePort' })))).message).toBe(
      'Internal error occurred: failed to allocate a nodePort: range is full',
    )
  })
})

describe('ranges', () => {
  test.each<[string, number, number, string]>([
    ['10.0.0.0/24', 254, 16, '10.0.0.1'],
    ['10.0.0.77/24', 254, 16, '10.0.0.1'],
    ['10.0.0.0/28', 14, 0, '10.0.0.1'],
    ['10.96.0.0/12', 1_048_574, 256, '10.96.0.1'],
    ['fd00::/108', 1_048_575, 256, 'fd00::1'],
    ['10.0.0.4/30', 2, 0, '10.0.0.5'],
  ])('%s', (text, size, reserved, first) => {
    const parsed = range(text)
    expect([parsed.size, parsed.reserved, parsed.addressAt(0)]).toEqual([size, reserved, first])
    expect(parsed.contains(parsed.addressAt(size - 1))).toBe(true)
    expect(parsed.contains(parsed.addressAt(size))).toBe(false)
  })

  test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0/24', 'x/8', 'fd00::/129', '10.0.0.0/-1'])('%j is none', (text) => {
    expect(parseAddressRange(text)).toBeUndefined()
  })

  test('every number is a candidate once, the reserved ones last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (size, part, random) => {
          const reserved = Math.min(part, size)
          const all = [...candidates({ size, reserved }, () => random)]
          expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, index) => index))
          expect(all.slice(0, size - reserved).every((number) => number >= reserved)).toBe(true)
        },
      ),
    )
  })
})
