import { type Clock, type JsonObject, type KubeObject, systemClock } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gateWatches } from '../support/gate-watches.ts'
import { runControllers } from '../support/run-controllers.ts'
import { type ServicesAndPods, servicesAndPods } from '../support/services-and-pods.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

interface Slice extends KubeObject {
  addressType: string
  endpoints?: Endpoint[] | null
  ports?: JsonObject[] | null
}
interface Endpoint extends JsonObject {
  addresses: string[]
  conditions: { ready: boolean; serving: boolean; terminating: boolean }
  targetRef: { name: string }
}

const controllerName = 'endpointslice-controller'
const serviceLabel = 'kubernetes.io/service-name'
const bothFamilies = '10.0.0.0/24,fd00:10::/108'
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'

let controlPlane: TestControlPlane
let client: Client
let objects: ServicesAndPods
beforeAll(async () => {
  controlPlane = await startTestControlPlane({
    controllers: [controllerName, 'garbage-collector-controller'],
    serviceClusterIpRange: bothFamilies,
  })
  client = createClient(controlPlane.transport)
  objects = servicesAndPods(client)
  await objects.createNode('n1', { 'topology.kubernetes.io/zone': 'west' })
})
afterAll(() => controlPlane.stop())

const slicesIn = (namespace: string) =>
  client.resource<Slice>('discovery.k8s.io/v1', 'endpointslices').namespace(namespace)
const slicesOf = async (namespace: string, service: string) =>
  (await slicesIn(namespace).list({ labelSelector: { [serviceLabel]: service } })).items
const endpointsOf = async (namespace: string, service: string) =>
  (await slicesOf(namespace, service)).flatMap(({ endpoints }) => endpoints ?? [])
/** `name address ready serving terminating` of each endpoint. */
const summary = async (namespace: string, service: string) =>
  (await endpointsOf(namespace, service))
    .map(({ targetRef, addresses, conditions: { ready, serving, terminating } }) =>
      [targetRef.name, ...addresses, ready, serving, terminating].join(' '),
    )
    .sort()

describe('the slices of a Service', () => {
  test('follow its pods: readiness, deletion, labels', async () => {
    await objects.createNamespace('follow')
    const service = await objects.createService('follow', 'web', {}, { labels: { team: 'a' } })
    await expect.poll(() => slicesOf('follow', 'web')).toHaveLength(1)
    const [empty] = await slicesOf('follow', 'web')
    expect(empty).toMatchObject({
      addressType: 'IPv4',
      metadata: {
        name: expect.stringMatching(/^web-[a-z0-9]{5}$/),
        generateName: 'web-',
        labels: {
          team: 'a',
          [serviceLabel]: 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        annotations: { [triggerTime]: service.metadata.creationTimestamp },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Service',
            name: 'web',
            uid: service.metadata.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
    })
    expect(empty?.endpoints ?? []).toEqual([])
    expect(empty?.ports ?? []).toEqual([])

    await objects.createPod('follow', 'a', { labels: { app: 'web' }, ips: ['10.1.0.1'] })
    await objects.createPod('follow', 'b', { labels: { app: 'web' }, ips: ['10.1.0.2'], ready: false })
    await objects.createPod('follow', 'c', { labels: { app: 'other' }, ips: ['10.1.0.3'] })
    await expect
      .poll(() => summary('follow', 'web'))
      .toEqual(['a 10.1.0.1 true true false', 'b 10.1.0.2 false false false'])
    const [slice] = await slicesOf('follow', 'web')
    expect(slice?.metadata.name).toBe(empty?.metadata.name)
    expect(slice?.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }])
    expect(slice?.endpoints?.[0]).toMatchObject({ nodeName: 'n1', zone: 'west' })

    await objects.setReady('follow', 'b', true, '2030-01-01T00:00:05Z')
    await expect
      .poll(() => summary('follow', 'web'))
      .toEqual(['a 10.1.0.1 true true false', 'b 10.1.0.2 true true false'])
    expect((await slicesOf('follow', 'web'))[0]?.metadata.annotations?.[triggerTime]).toBe('2030-01-01T00:00:05Z')

    const pods = client.resource('v1', 'pods').namespace('follow')
    await pods.patch('b', { metadata: { labels: { app: 'other' } } }, { type: 'merge' })
    await expect.poll(() => summary('follow', 'web')).toEqual(['a 10.1.0.1 true true false'])
    await pods.patch('b', { metadata: { labels: { app: 'web' } } }, { type: 'merge' })
    await expect.poll(() => summary('follow', 'web')).toHaveLength(2)

    await pods.patch('a', { metadata: { finalizers: ['example.com/hold'] } }, { type: 'merge' })
    // Without grace, as a kubelet ends it: nothing else takes a pod off its node.
    await pods.delete('a', { gracePeriodSeconds: 0 })
    await expect
      .poll(() => summary('follow', 'web'))
      .toEqual(['a 10.1.0.1 false true true', 'b 10.1.0.2 true true false'])
    await pods.patch('a', { metadata: { finalizers: null } }, { type: 'merge' })
    await expect.poll(() => summary('follow', 'web')).toEqual(['b 10.1.0.2 true true false'])
    await pods.subresource('status').patch('b', { status: { phase: 'Succeeded' } }, { type: 'merge' })
    await expect.poll(() => summary('follow', 'web')).toEqual([])
    expect(await slicesOf('follow', 'web')).toHaveLength(1)
  })

  test('follow its selector, its ports and its labels, stay when it selects nothing more, and go with it', async () => {
    await objects.createNamespace('change')
    const services = client.resource('v1', 'services').namespace('change')
    await objects.createService('change', 'web')
    await objects.createPod('change', 'a', { labels: { app: 'web', track: 'x' } })
    await objects.createPod('change', 'b', { labels: { app: 'web', track: 'y' } })
    await expect.poll(() => summary('change', 'web')).toHaveLength(2)
    await services.patch('web', { spec: { selector: { track: 'y' } } }, { type: 'merge' })
    await expect.poll(() => summary('change', 'web')).toEqual(['b 10.1.0.1 true true false'])
    await services.patch('web', { spec: { ports: [{ name: 'http', port: 80 }] } }, { type: 'merge' })
    await expect
      .poll(async () => (await slicesOf('change', 'web')).map(({ ports }) => ports))
      .toEqual([[{ name: 'http', port: 80, protocol: 'TCP' }]])
    await services.patch('web', { metadata: { labels: { team: 'b' } } }, { type: 'merge' })
    await expect.poll(async () => (await slicesOf('change', 'web'))[0]?.metadata.labels?.['team']).toBe('b')
    const before = await slicesOf('change', 'web')
    await services.patch('web', { spec: { selector: null } }, { type: 'merge' })
    await objects.createService('change', 'after')
    await expect.poll(() => slicesOf('change', 'after')).toHaveLength(1)
    expect(await slicesOf('change', 'web')).toEqual(before)
    await services.delete('web')
    await expect.poll(() => slicesOf('change', 'web')).toEqual([])
  })

  test('hold up to 100 endpoints, and change one slice for one pod', async () => {
    await objects.createNamespace('many')
    await objects.createService('many', 'web')
    const names = Array.from({ length: 250 }, (_, index) => `p${index}`)
    await Promise.all(
      names.map((name, index) =>
        objects.createPod('many', name, { labels: { app: 'web' }, ips: [`10.2.${index >> 8}.${index & 255}`] }),
      ),
    )
    await expect.poll(() => endpointsOf('many', 'web')).toHaveLength(250)
    const before = await slicesOf('many', 'web')
    expect(before.every(({ endpoints }) => (endpoints ?? []).length <= 100)).toBe(true)
    const addresses = before.flatMap(({ endpoints }) => (endpoints ?? []).flatMap((endpoint) => endpoint.addresses))
    expect(new Set(addresses).size).toBe(250)

    await objects.setReady('many', 'p7', false)
    await expect
      .poll(async () => (await summary('many', 'web')).filter((line) => line.includes('false false')))
      .toHaveLength(1)
    const versions = new Map(before.map(({ metadata }) => [metadata.name, metadata.resourceVersion]))
    const after = await slicesOf('many', 'web')
    expect(after).toHaveLength(before.length)
    expect(after.filter(({ metadata }) => versions.get(metadata.name) !== metadata.resourceVersion)).toHaveLength(1)
  })

  test('name ports as each pod has them, one slice for every set of numbers', async () => {
    await objects.createNamespace('ports')
    const withPort = (containerPort: number) => ({
      containers: [{ name: 'a', image: 'a', ports: [{ name: 'web', containerPort }] }],
    })
    await objects.createPod('ports', 'a', { labels: { app: 'web' }, spec: withPort(8080) })
    await objects.createPod('ports', 'b', { labels: { app: 'web' }, spec: withPort(8081) })
    await objects.createService('ports', 'web', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] })
    await expect
      .poll(async () =>
        (await slicesOf('ports', 'web')).map(({ ports, endpoints }) => [
          ports?.map(({ port }) => port),
          endpoints?.map(({ targetRef }) => targetRef.name),
        ]),
      )
      .toEqual(
        expect.arrayContaining([
          [[8080], ['a']],
          [[8081], ['b']],
        ]),
      )
  })

  test('are there for each family', async () => {
    await objects.createNamespace('dual')
    await objects.createPod('dual', 'a', { labels: { app: 'web' }, ips: ['10.1.0.1', 'fd00:0::1'] })
    await objects.createService('dual', 'web', { ipFamilyPolicy: 'RequireDualStack' })
    const byFamily = async () =>
      Object.fromEntries(
        (await slicesOf('dual', 'web')).map(({ addressType, endpoints }) => [
          addressType,
          (endpoints ?? []).map(({ addresses }) => addresses),
        ]),
      )
    await expect.poll(byFamily).toEqual({ IPv4: [['10.1.0.1']], IPv6: [['fd00::1']] })
    await client
      .resource('v1', 'services')
      .namespace('dual')
      .patch('web', { spec: { ipFamilyPolicy: 'SingleStack' } }, { type: 'merge' })
    await expect.poll(byFamily).toEqual({ IPv4: [['10.1.0.1']] })
  })

  test('of a headless Service name hosts', async () => {
    await objects.createNamespace('headless')
    const spec = { hostname: 'db-0', subdomain: 'db' }
    await objects.createPod('headless', 'db-0', { labels: { app: 'db' }, spec })
    await objects.createService('headless', 'db', { clusterIP: 'None' })
    await expect
      .poll(async () => (await endpointsOf('headless', 'db')).map(({ hostname }) => hostname))
      .toEqual(['db-0'])
    expect((await slicesOf('headless', 'db'))[0]?.metadata.labels).toMatchObject({
      'service.kubernetes.io/headless': '',
    })
  })

  test('hint at zones and nodes when the Service asks for it', async () => {
    await objects.createNamespace('hints')
    await objects.createPod('hints', 'a', { labels: { app: 'web' } })
    await objects.createService('hints', 'web', { trafficDistribution: 'PreferSameNode' })
    const hints = async () => (await endpointsOf('hints', 'web')).map((endpoint) => endpoint['hints'])
    await expect.poll(hints).toEqual([{ forZones: [{ name: 'west' }], forNodes: [{ name: 'n1' }] }])
    const services = client.resource('v1', 'services').namespace('hints')
    await services.patch('web', { spec: { trafficDistribution: null } }, { type: 'merge' })
    await expect.poll(hints).toEqual([undefined])
  })
})

test('pods on no node, which are made by hand, have endpoints', async () => {
  await objects.createNamespace('by-hand')
  await objects.createService('by-hand', 'web')
  await objects.createPod('by-hand', 'a', { labels: { app: 'web' }, spec: { nodeName: undefined } })
  await expect.poll(() => summary('by-hand', 'web')).toEqual(['a 10.1.0.1 true true false'])
})

test('a pod whose node is not known is left out until it is, and an event says so', async () => {
  await objects.createNamespace('nodes')
  await objects.createService('nodes', 'web')
  await objects.createPod('nodes', 'a', { labels: { app: 'web' }, spec: { nodeName: 'late' } })
  const events = client.resource('v1', 'events').namespace('nodes')
  await expect
    .poll(async () =>
      (await events.list()).items.map(({ type, reason, message, source }) => ({ type, reason, message, source })),
    )
    .toContainEqual({
      type: 'Warning',
      reason: 'FailedToUpdateEndpointSlices',
      message:
        'Error updating Endpoint Slices for Service nodes/web: skipping Pod a for Service nodes/web: Node late Not Found',
      source: { component: 'endpoint-slice-controller' },
    })
  expect(await summary('nodes', 'web')).toEqual([])
  await objects.createNode('late')
  await expect.poll(() => summary('nodes', 'web')).toEqual(['a 10.1.0.1 true true false'])
})

test('what others do to slices is put right', async () => {
  await objects.createNamespace('tamper')
  await objects.createService('tamper', 'web')
  await objects.createPod('tamper', 'a', { labels: { app: 'web' } })
  await expect.poll(() => summary('tamper', 'web')).toHaveLength(1)
  const name = (await slicesOf('tamper', 'web'))[0]?.metadata.name ?? ''
  await slicesIn('tamper').patch(name, { endpoints: [{ addresses: ['10.9.9.9'] }] }, { type: 'merge' })
  await expect.poll(() => summary('tamper', 'web').catch(String)).toEqual(['a 10.1.0.1 true true false'])
  await slicesIn('tamper').delete(name)
  await expect.poll(() => summary('tamper', 'web')).toEqual(['a 10.1.0.1 true true false'])
  const renamed = (await slicesOf('tamper', 'web'))[0]?.metadata.name ?? ''
  await slicesIn('tamper').patch(renamed, { metadata: { labels: { [serviceLabel]: 'other' } } }, { type: 'merge' })
  await expect.poll(() => summary('tamper', 'web')).toEqual(['a 10.1.0.1 true true false'])
})

test('Services without a selector, ExternalName and the slices of others are left alone', async () => {
  await objects.createNamespace('alone')
  const kubernetes = await slicesIn('default').get('kubernetes')
  await objects.createService('alone', 'bare', { selector: null })
  await objects.createService('alone', 'outside', {
    type: 'ExternalName',
    externalName: 'example.com',
  })
  const own = await client.resource('discovery.k8s.io/v1', 'endpointslices').create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'own', namespace: 'alone', labels: { [serviceLabel]: 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.9.9.9'] }],
  })
  await objects.createService('alone', 'web')
  await expect.poll(() => slicesOf('alone', 'web')).toHaveLength(2)
  expect(await slicesOf('alone', 'bare')).toEqual([])
  expect(await slicesOf('alone', 'outside')).toEqual([])
  expect(await slicesIn('alone').get('own')).toEqual(own)
  expect(await slicesIn('default').get('kubernetes')).toEqual(kubernetes)
})

describe('a controller of its own', () => {
  let other: TestControlPlane
  let otherClient: Client
  beforeAll(async () => {
    other = await startTestControlPlane({ controllers: [], serviceClusterIpRange: bothFamilies })
    otherClient = createClient(other.transport)
    await servicesAndPods(otherClient).createNode('n1')
  })
  afterAll(() => other.stop())
  const slices = () => otherClient.resource<Slice>('discovery.k8s.io/v1', 'endpointslices')

  test('creates no slice twice while its cache lags behind', async () => {
    const { createNamespace, createService, createPod } = servicesAndPods(otherClient)
    const gate = gateWatches(other.transport, 'endpointslices')
    const controllers = runControllers(gate, [controllerName])
    await createNamespace('lag')
    await createService('lag', 'first')
    await expect.poll(async () => (await slices().namespace('lag').list()).items).toHaveLength(1)
    gate.close()
    await createService('lag', 'web')
    const ofWeb = async () =>
      (
        await slices()
          .namespace('lag')
          .list({ labelSelector: { [serviceLabel]: 'web' } })
      ).items
    await expect.poll(ofWeb).toHaveLength(1)
    for (const name of ['a', 'b', 'c']) await createPod('lag', name, { labels: { app: 'web' } })
    // Another Service's endpoints come after: the changes of these pods have been heard of.
    await createService('lag', 'after')
    await expect
      .poll(
        async () =>
          (
            await slices()
              .namespace('lag')
              .list({ labelSelector: { [serviceLabel]: 'after' } })
          ).items,
      )
      .toHaveLength(1)
    expect((await ofWeb()).map(({ metadata }) => metadata.generation)).toEqual([1])
    gate.open()
    await expect.poll(async () => (await ofWeb()).map(({ endpoints }) => endpoints?.length)).toEqual([3])
    await controllers.stop()
  })

  test('collects changes of pods when it is told to', async () => {
    const { createNamespace, createService, createPod } = servicesAndPods(otherClient)
    const due: (() => void)[] = []
    const batchPeriod = 3_600_000
    const clock: Clock = {
      now: () => systemClock.now(),
      after(delay, callback) {
        if (delay < batchPeriod / 2) return systemClock.after(delay, callback)
        due.push(callback)
        return () => undefined
      },
    }
    const controllers = runControllers(other, [controllerName, 'endpoints-controller'], {
      environment: { endpointBatchPeriods: { endpointSlices: batchPeriod } },
      clock,
    })
    await createNamespace('batch')
    await createService('batch', 'web')
    const ofWeb = async () => (await slices().namespace('batch').list()).items
    await expect.poll(ofWeb).toHaveLength(1)
    for (const index of [1, 2, 3]) {
      await createPod('batch', `p${index}`, { labels: { app: 'web' }, ips: [`10.1.0.${index}`] })
    }
    // Endpoints are not told to wait: the cache has all of these pods.
    const endpoints = otherClient.resource('v1', 'endpoints').namespace('batch')
    await expect.poll(async () => JSON.stringify(await endpoints.get('web'))).toContain('10.1.0.3')
    expect((await ofWeb()).map(({ metadata }) => metadata.generation)).toEqual([1])
    await expect
      .poll(async () => {
        for (const fire of due.splice(0)) fire()
        return (await ofWeb()).map((slice) => slice.endpoints?.length)
      })
      .toEqual([3])
    expect((await ofWeb()).map(({ metadata }) => metadata.generation)).toEqual([2])
    await controllers.stop()
  })

  test('that starts again writes nothing', async () => {
    const { createNamespace, createService, createPod } = servicesAndPods(otherClient)
    const first = runControllers(other, [controllerName])
    await createNamespace('again')
    await createService('again', 'web', { ipFamilyPolicy: 'RequireDualStack' })
    await createService('again', 'db', { clusterIP: 'None', ports: [] })
    await createPod('again', 'a', { labels: { app: 'web' } })
    await createPod('again', 'b', { labels: { app: 'db' }, spec: { hostname: 'b', subdomain: 'db' } })
    await createService('again', 'empty')
    await expect
      .poll(async () => (await slices().namespace('again').list()).items.flatMap(({ endpoints }) => endpoints ?? []))
      .toHaveLength(2)
    await expect.poll(async () => (await slices().namespace('again').list()).items).toHaveLength(4)
    await first.stop()
    const before = (await slices().list()).items
    const second = runControllers(other, [controllerName])
    const services = (await otherClient.resource('v1', 'services').list()).items
    await expect.poll(() => second.succeeded(controllerName)).toBeGreaterThanOrEqual(services.length)
    await second.stop()
    expect((await slices().list()).items).toEqual(before)
  })
})
