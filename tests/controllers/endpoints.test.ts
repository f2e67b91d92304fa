import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gateWatches } from '../support/gate-watches.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { runControllers } from '../support/run-controllers.ts'
import { type ServicesAndPods, servicesAndPods } from '../support/services-and-pods.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

interface Endpoints extends KubeObject {
  subsets?: { addresses?: Address[]; notReadyAddresses?: Address[]; ports?: JsonObject[] }[]
}
interface Address extends JsonObject {
  ip: string
}

const controllerName = 'endpoints-controller'
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'
const deprecation = 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n'

const endpointsOn = (client: Client, namespace: string) =>
  client.resource<Endpoints>('v1', 'endpoints').namespace(namespace)
const namesIn = async (client: Client, namespace: string) =>
  (await endpointsOn(client, namespace).list()).items.map(({ metadata }) => metadata.name)

describe('Endpoints', () => {
  let controlPlane: TestControlPlane
  let client: Client
  let objects: ServicesAndPods
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ controllers: [controllerName] })
    client = createClient(controlPlane.transport)
    objects = servicesAndPods(client)
  })
  afterAll(() => controlPlane.stop())

  const ips = (addresses: Address[] | undefined) => addresses?.map(({ ip }) => ip)
  const summary = async (namespace: string, name: string) =>
    (await endpointsOn(client, namespace).get(name)).subsets?.map(({ addresses, notReadyAddresses, ports }) => ({
      ready: ips(addresses),
      notReady: ips(notReadyAddresses),
      ports: ports?.map(({ port }) => port),
    }))

  test('follow a Service and its pods, and go with it', async () => {
    await objects.createNamespace('follow')
    const services = client.resource('v1', 'services').namespace('follow')
    const service = await objects.createService('follow', 'web', {}, { labels: { team: 'a' } })
    await expect.poll(() => namesIn(client, 'follow')).toEqual(['web'])
    expect(await endpointsOn(client, 'follow').get('web')).toMatchObject({
      metadata: {
        labels: { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
        annotations: { [triggerTime]: service.metadata.creationTimestamp },
      },
    })
    await objects.createPod('follow', 'b', { labels: { app: 'web' }, ips: ['10.1.0.2'] })
    await objects.createPod('follow', 'a', { labels: { app: 'web' }, ips: ['10.1.0.1'] })
    await objects.createPod('follow', 'c', { labels: { app: 'web' }, ips: ['10.1.0.3'], ready: false })
    await expect
      .poll(() => summary('follow', 'web'))
      .toEqual([{ ready: ['10.1.0.1', '10.1.0.2'], notReady: ['10.1.0.3'], ports: [80] }])
    const [subset] = (await endpointsOn(client, 'follow').get('web')).subsets ?? []
    const { uid } = (await client.resource('v1', 'pods').namespace('follow').get('a')).metadata
    expect(subset?.addresses?.[0]).toEqual({
      ip: '10.1.0.1',
      nodeName: 'n1',
      targetRef: { kind: 'Pod', namespace: 'follow', name: 'a', uid },
    })

    await objects.setReady('follow', 'a', false, '2030-01-01T00:00:05Z')
    await expect
      .poll(() => summary('follow', 'web'))
      .toEqual([{ ready: ['10.1.0.2'], notReady: ['10.1.0.1', '10.1.0.3'], ports: [80] }])
    const { annotations } = (await endpointsOn(client, 'follow').get('web')).metadata
    expect(annotations?.[triggerTime]).toBe('2030-01-01T00:00:05Z')

    await client.resource('v1', 'pods').namespace('follow').delete('c')
    const ports = [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'admin', port: 81 },
    ]
    await services.patch('web', { spec: { ports } }, { type: 'merge' })
    await expect
      .poll(() => summary('follow', 'web'))
      .toEqual([{ ready: ['10.1.0.2'], notReady: ['10.1.0.1'], ports: [81, 8080] }])

    await services.delete('web')
    await expect.poll(() => namesIn(client, 'follow')).toEqual([])
  })

  test('come again when somebody takes them away', async () => {
    await objects.createNamespace('away')
    await objects.createService('away', 'web')
    await expect.poll(() => namesIn(client, 'away')).toEqual(['web'])
    const { uid } = (await endpointsOn(client, 'away').get('web')).metadata
    await endpointsOn(client, 'away').delete('web')
    await expect.poll(async () => (await endpointsOn(client, 'away').list()).items).toHaveLength(1)
    expect((await endpointsOn(client, 'away').get('web')).metadata.uid).not.toBe(uid)
  })

  test('of Services without a selector are their users own', async () => {
    await objects.createNamespace('own')
    const own = await endpointsOn(client, 'own').create({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'bare' },
      subsets: [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }],
    })
    await objects.createService('own', 'bare', { selector: null })
    await objects.createService('own', 'outside', { type: 'ExternalName', externalName: 'a.example' })
    await objects.createService('own', 'after')
    await expect.poll(() => namesIn(client, 'own')).toEqual(['after', 'bare'])
    expect(await endpointsOn(client, 'own').get('bare')).toEqual(own)
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
  })
  afterAll(() => controlPlane.stop())

  test('deletes at its start what has lost its Service, but no locks of leader election', async () => {
    await objects.createNamespace('orphans')
    const create = (name: string, annotations: Record<string, string> = {}) =>
      endpointsOn(client, 'orphans').create({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name, annotations } })
    await create('orphan')
    await create('bare')
    await create('lock', { 'control-plane.alpha.kubernetes.io/leader': '{}' })
    await objects.createService('orphans', 'bare', { selector: null })
    const kubernetes = await endpointsOn(client, 'default').get('kubernetes')
    const controllers = runControllers(controlPlane, [controllerName])
    await expect.poll(() => namesIn(client, 'orphans')).toEqual(['bare', 'lock'])
    // What comes later may be there before its Service.
    await create('early')
    await objects.createService('orphans', 'web')
    await expect.poll(() => namesIn(client, 'orphans')).toEqual(['bare', 'early', 'lock', 'web'])
    await controllers.stop()
    expect(controllers.errors).toEqual([])
    expect(await endpointsOn(client, 'default').get('kubernetes')).toEqual(kubernetes)
  })

  test('waits for its cache, and starts again without a write', async () => {
    await objects.createNamespace('lag')
    const gate = gateWatches(controlPlane.transport, 'endpoints')
    const first = runControllers(gate, [controllerName])
    await objects.createService('lag', 'before')
    await expect.poll(() => namesIn(client, 'lag')).toEqual(['before'])
    gate.close()
    await objects.createService('lag', 'web')
    await expect.poll(() => namesIn(client, 'lag')).toEqual(['before', 'web'])
    await objects.createPod('lag', 'a', { labels: { app: 'web' } })
    await objects.createService('lag', 'zlast')
    await expect.poll(() => namesIn(client, 'lag')).toEqual(['before', 'web', 'zlast'])
    gate.open()
    await expect.poll(async () => (await endpointsOn(client, 'lag').get('web')).subsets).toHaveLength(1)
    await first.stop()
    expect(first.errors).toEqual([])

    const list = async () => (await client.resource('v1', 'endpoints').list()).items
    const before = await list()
    const second = runControllers(controlPlane, [controllerName])
    const services = (await client.resource('v1', 'services').list()).items
    await expect.poll(() => second.succeeded(controllerName)).toBeGreaterThanOrEqual(services.length)
    await second.stop()
    expect(await list()).toEqual(before)
  })
})

describe('kubectl', () => {
  let controlPlane: TestControlPlane
  let kubectl: Kubectl
  let objects: ServicesAndPods
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ controllers: ['*'] })
    kubectl = await kubectlFor(controlPlane, 'newest')
    objects = servicesAndPods(createClient(controlPlane.transport))
    await objects.createNode('n1')
  })
  afterAll(() => controlPlane.stop())

  /** Columns, without the age. */
  const table = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(0, -1))

  test('shows what stands behind Services', async () => {
    await objects.createService('default', 'web', { ports: [{ name: 'http', port: 80, targetPort: 8080 }] })
    await objects.createService('default', 'empty')
    await objects.createService('default', 'bare', { selector: null })
    for (const index of [1, 2, 3, 4]) {
      await objects.createPod('default', `web-${index}`, {
        labels: { app: 'web' },
        ips: [`10.1.0.${index}`],
        ready: index < 4,
      })
    }
    await expect
      .poll(async () => table((await kubectl.run(['get', 'endpoints'])).stdout))
      .toEqual([
        ['NAME', 'ENDPOINTS'],
        ['empty', '<none>'],
        ['kubernetes', expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
        ['web', '10.1.0.1:8080,10.1.0.2:8080,10.1.0.3:8080'],
      ])
    expect((await kubectl.run(['get', 'endpoints'])).stderr).toBe(deprecation)
    await expect
      .poll(async () => table(await kubectl('get', 'endpointslices')))
      .toEqual([
        ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS'],
        [expect.stringMatching(/^empty-[a-z0-9]{5}$/), 'IPv4', '<unset>', '<unset>'],
        ['kubernetes', 'IPv4', expect.stringMatching(/^\d+$/), '127.0.0.1'],
        [expect.stringMatching(/^web-[a-z0-9]{5}$/), 'IPv4', '8080', '10.1.0.1,10.1.0.2,10.1.0.3 + 1 more...'],
      ])
    expect((await kubectl.run(['get', 'endpointslices'])).stderr).toBe('')
    const described = await kubectl('describe', 'service', 'web')
    expect(described).toMatch(/^Endpoints: +10\.1\.0\.1:8080,10\.1\.0\.2:8080,10\.1\.0\.3:8080/m)
    expect(await kubectl('describe', 'service', 'bare')).toMatch(/^Endpoints: +(<none>)?$/m)
  })

  test('deletes them with their Service', async () => {
    await objects.createService('default', 'leaving')
    const names = async () => await kubectl('get', 'endpoints,endpointslices', '-o', 'name')
    await expect.poll(names).toMatch(/endpoints\/leaving\n(.*\n)*.*endpointslice.*\/leaving-/)
    await kubectl('delete', 'service', 'leaving')
    await expect.poll(names).not.toContain('leaving')
  })
})
