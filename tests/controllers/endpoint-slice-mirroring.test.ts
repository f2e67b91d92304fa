import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gateWatches } from '../support/gate-watches.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { runControllers } from '../support/run-controllers.ts'
import { type ServicesAndPods, servicesAndPods } from '../support/services-and-pods.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

interface Slice extends KubeObject {
  addressType: string
  endpoints?: { addresses: string[]; conditions: JsonObject }[] | null
  ports?: JsonObject[] | null
}

const controllerName = 'endpointslice-mirroring-controller'
const serviceLabel = 'kubernetes.io/service-name'
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslicemirroring-controller.k8s.io'

const slicesOn = (client: Client, namespace: string) =>
  client.resource<Slice>('discovery.k8s.io/v1', 'endpointslices').namespace(namespace)
const endpointsOn = (client: Client, namespace: string) => client.resource('v1', 'endpoints').namespace(namespace)
const mirrored = async (client: Client, namespace: string, service: string) =>
  (await slicesOn(client, namespace).list({ labelSelector: { [serviceLabel]: service, [managedByLabel]: managedBy } }))
    .items
const endpoints = (name: string, ips: readonly string[], metadata: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { ...metadata, name },
  subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }],
})

describe('Endpoints that people write', () => {
  let controlPlane: TestControlPlane
  let client: Client
  let objects: ServicesAndPods
  let kubectl: Kubectl
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ controllers: ['*'] })
    client = createClient(controlPlane.transport)
    objects = servicesAndPods(client)
    kubectl = await kubectlFor(controlPlane, 'newest')
  })
  afterAll(() => controlPlane.stop())

  const addresses = async (namespace: string, service: string) =>
    (await mirrored(client, namespace, service))
      .flatMap((slice) => slice.endpoints ?? [])
      .flatMap((endpoint) => endpoint.addresses)
      .sort()

  test('are mirrored, followed, and gone with them', async () => {
    await objects.createNamespace('mirror')
    const annotations = { note: 'mine' }
    const created = await endpointsOn(client, 'mirror').create(
      endpoints('db', ['10.9.0.1', 'fd00::1'], { labels: { team: 'a' }, annotations }),
    )
    await objects.createService('mirror', 'db', { selector: null, ports: [{ name: 'http', port: 80 }] })
    await expect.poll(() => mirrored(client, 'mirror', 'db')).toHaveLength(2)
    const slices = await mirrored(client, 'mirror', 'db')
    expect(slices.map(({ addressType }) => addressType).sort()).toEqual(['IPv4', 'IPv6'])
    expect(slices.find(({ addressType }) => addressType === 'IPv4')).toMatchObject({
      metadata: {
        generateName: 'db-',
        labels: { team: 'a', [serviceLabel]: 'db', [managedByLabel]: managedBy },
        annotations,
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Endpoints',
            name: 'db',
            uid: created.metadata.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      endpoints: [{ addresses: ['10.9.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    })
    expect(await kubectl('-n', 'mirror', 'describe', 'service', 'db')).toMatch(/^Endpoints: .*10\.9\.0\.1:80/m)

    const subsets = [{ addresses: [{ ip: '10.9.0.2' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }]
    await endpointsOn(client, 'mirror').patch('db', { subsets }, { type: 'merge' })
    await expect.poll(() => addresses('mirror', 'db')).toEqual(['10.9.0.2'])
    await endpointsOn(client, 'mirror').patch('db', { metadata: { labels: { team: 'b' } } }, { type: 'merge' })
    await expect.poll(async () => (await mirrored(client, 'mirror', 'db'))[0]?.metadata.labels?.['team']).toBe('b')

    const [slice] = await mirrored(client, 'mirror', 'db')
    await slicesOn(client, 'mirror').delete(slice?.metadata.name ?? '')
    await expect.poll(() => addresses('mirror', 'db')).toEqual(['10.9.0.2'])
    await endpointsOn(client, 'mirror').delete('db')
    await expect.poll(() => mirrored(client, 'mirror', 'db')).toEqual([])
  })

  test('are mirrored only while their Service selects no pods and they do not refuse', async () => {
    await objects.createNamespace('refuse')
    const services = client.resource('v1', 'services').namespace('refuse')
    const skip = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
    const leader = { 'control-plane.alpha.kubernetes.io/leader': '{}' }
    await endpointsOn(client, 'refuse').create(endpoints('skipped', ['10.9.0.1'], { labels: skip }))
    await endpointsOn(client, 'refuse').create(endpoints('lock', ['10.9.0.1'], { annotations: leader }))
    await endpointsOn(client, 'refuse').create(endpoints('alone', ['10.9.0.1']))
    await endpointsOn(client, 'refuse').create(endpoints('web', ['10.9.0.1']))
    for (const name of ['skipped', 'lock', 'web']) await objects.createService('refuse', name, { selector: null })
    await expect.poll(() => addresses('refuse', 'web')).toEqual(['10.9.0.1'])
    for (const name of ['skipped', 'lock', 'alone']) expect(await addresses('refuse', name)).toEqual([])

    await endpointsOn(client, 'refuse').patch('web', { metadata: { labels: skip } }, { type: 'merge' })
    await expect.poll(() => addresses('refuse', 'web')).toEqual([])
    await endpointsOn(client, 'refuse').patch('web', { metadata: { labels: null } }, { type: 'merge' })
    await expect.poll(() => addresses('refuse', 'web')).toEqual(['10.9.0.1'])
    await services.patch('web', { spec: { selector: { app: 'web' } } }, { type: 'merge' })
    await expect.poll(() => addresses('refuse', 'web')).toEqual([])
    await services.patch('web', { spec: { selector: null } }, { type: 'merge' })
    await endpointsOn(client, 'refuse').patch('web', endpoints('web', ['10.9.0.3']), { type: 'merge' })
    await expect.poll(() => addresses('refuse', 'web')).toEqual(['10.9.0.3'])
    await services.delete('web')
    await expect.poll(() => addresses('refuse', 'web')).toEqual([])
  })

  test('tell by events what is not mirrored', async () => {
    await objects.createNamespace('events')
    const ips = Array.from({ length: 1001 }, (_, index) => `10.9.${index >> 8}.${index & 255}`)
    await endpointsOn(client, 'events').create(endpoints('many', [...ips, 'nonsense']))
    await objects.createService('events', 'many', { selector: null })
    const events = async () =>
      (await client.resource('v1', 'events').namespace('events').list()).items.map(
        ({ reason, message, type, source, involvedObject }) => ({
          reason,
          message,
          type,
          source,
          kind: (involvedObject as JsonObject)['kind'],
        }),
      )
    const about = {
      type: 'Warning',
      source: { component: 'endpoint-slice-mirroring-controller' },
      kind: 'Endpoints',
    }
    await expect.poll(events).toContainEqual({
      ...about,
      reason: 'TooManyAddressesToMirror',
      message:
        'A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 2 addresses were skipped',
    })
    await endpointsOn(client, 'events').create(endpoints('wrong', ['10.9.0.1', 'nonsense']))
    await objects.createService('events', 'wrong', { selector: null })
    await expect.poll(events).toContainEqual({
      ...about,
      reason: 'InvalidIPAddress',
      message: 'Skipped 1 invalid IP addresses when mirroring to EndpointSlices',
    })
    await expect.poll(() => addresses('events', 'many')).toHaveLength(1000)
  })
})

describe('a controller of its own', () => {
  let controlPlane: TestControlPlane
  let client: Client
  let objects: ServicesAndPods
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ controllers: [] })
    client = createClient(controlPlane.transport)
    objects = servicesAndPods(client)
    await objects.createNamespace('lag')
  })
  afterAll(() => controlPlane.stop())

  const create = async (name: string) => {
    await endpointsOn(client, 'lag').create(endpoints(name, ['10.9.0.1']))
    await objects.createService('lag', name, { selector: null })
  }

  test('creates no slice twice while its cache lags behind, and starts again without a write', async () => {
    const gate = gateWatches(controlPlane.transport, 'endpointslices')
    const first = runControllers(gate, [controllerName])
    await create('before')
    await expect.poll(() => mirrored(client, 'lag', 'before')).toHaveLength(1)
    gate.close()
    await create('db')
    await expect.poll(() => mirrored(client, 'lag', 'db')).toHaveLength(1)
    await endpointsOn(client, 'lag').patch('db', endpoints('db', ['10.9.0.2']), { type: 'merge' })
    await create('after')
    await expect.poll(() => mirrored(client, 'lag', 'after')).toHaveLength(1)
    expect((await mirrored(client, 'lag', 'db')).map(({ metadata }) => metadata.generation)).toEqual([1])
    gate.open()
    await expect
      .poll(async () => (await mirrored(client, 'lag', 'db')).map((slice) => slice.endpoints?.[0]?.addresses))
      .toEqual([['10.9.0.2']])
    await first.stop()
    expect(first.errors).toEqual([])

    const list = async () => (await client.resource('discovery.k8s.io/v1', 'endpointslices').list()).items
    const before = await list()
    const second = runControllers(controlPlane, [controllerName])
    await expect.poll(() => second.succeeded(controllerName)).toBeGreaterThanOrEqual(3)
    await second.stop()
    expect(await list()).toEqual(before)
  })

  test('clears up what was left while it was away', async () => {
    const first = runControllers(controlPlane, [controllerName])
    await create('left')
    await expect.poll(() => mirrored(client, 'lag', 'left')).toHaveLength(1)
    await first.stop()
    await endpointsOn(client, 'lag').delete('left')
    const kubernetes = await slicesOn(client, 'default').get('kubernetes')
    const second = runControllers(controlPlane, [controllerName])
    await expect.poll(() => mirrored(client, 'lag', 'left')).toEqual([])
    await second.stop()
    expect(await slicesOn(client, 'default').get('kubernetes')).toEqual(kubernetes)
    expect(await mirrored(client, 'default', 'kubernetes')).toEqual([])
  })
})
