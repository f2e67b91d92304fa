import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import { type Client, createClient, createInformers, type WatchEvent } from '@fairlead/client'
import { connectToCluster, type ConnectedClient } from '@fairlead/client/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
let connected: ConnectedClient
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  connected = await connectToCluster({ path: controlPlane.kubeconfig })
})
afterAll(async () => {
  connected.close()
  await controlPlane.stop()
})

const configMap = (name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data }) as KubeObject

describe.each<[string, () => Client]>([
  ['over HTTPS', () => connected.client],
  ['in the process', () => createClient(controlPlane.transport)],
])('%s', (title, clientOf) => {
  const suffix = title === 'over HTTPS' ? 'tls' : 'in'
  const configMaps = () => clientOf().resource('v1', 'configmaps').namespace('default')

  test('creates, reads, updates, patches in three ways and deletes', async () => {
    const name = `crud-${suffix}`
    const created = await configMaps().create(configMap(name, { a: '1' }))
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
    const updated = await configMaps().update({ ...created, data: { a: '2' } })
    await expect(configMaps().update({ ...created, data: { a: '3' } })).rejects.toMatchObject({
      code: 409,
      reason: 'Conflict',
    })
    expect((await configMaps().patch(name, { data: { b: '1' } }, { type: 'merge' }))['data']).toEqual({
      a: '2',
      b: '1',
    })
    expect((await configMaps().patch(name, { data: { c: '1' } }, { type: 'strategic' }))['data']).toMatchObject({
      c: '1',
    })
    const operations = [{ op: 'remove', path: '/data/c' }]
    expect((await configMaps().patch(name, operations, { type: 'json' }))['data']).toEqual({ a: '2', b: '1' })
    expect(Number((await configMaps().get(name)).metadata.resourceVersion)).toBeGreaterThan(
      Number(updated.metadata.resourceVersion),
    )
    await configMaps().delete(name)
    const error = await configMaps()
      .get(name)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StatusError)
    expect(error).toMatchObject({ code: 404, message: `configmaps "${name}" not found` })
  })

  test('lists in pages, by selectors, and metadata alone', async () => {
    const labels = { pages: suffix }
    for (let index = 0; index < 7; index += 1)
      await configMaps().create(configMap(`page-${suffix}-${index}`, {}, labels))
    const sizes: number[] = []
    for await (const page of configMaps().pages({ labelSelector: `pages=${suffix}`, limit: 3 }))
      sizes.push(page.items.length)
    expect(sizes).toEqual([3, 3, 1])
    const metadata = await configMaps()
      .metadataOnly()
      .list({ labelSelector: `pages=${suffix}` })
    expect(metadata.items[0]).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { labels } })
    await configMaps().deleteCollection({ labelSelector: `pages=${suffix}` })
    expect((await configMaps().list({ labelSelector: `pages=${suffix}` })).items).toEqual([])
  })

  test('a watch begins with what there is and tells of every change', async () => {
    const ending = new AbortController()
    const labels = { watched: suffix }
    await configMaps().create(configMap(`watch-${suffix}-0`, {}, labels))
    const watch = configMaps()
      .watch({ labelSelector: `watched=${suffix}`, signal: ending.signal })
      [Symbol.asyncIterator]()
    const next = async () => (await watch.next()).value as WatchEvent<KubeObject>
    expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: `watch-${suffix}-0` } } })
    await configMaps().patch(`watch-${suffix}-0`, { data: { x: 'y' } }, { type: 'merge' })
    expect(await next()).toMatchObject({ type: 'MODIFIED', object: { data: { x: 'y' } } })
    await configMaps().delete(`watch-${suffix}-0`)
    expect(await next()).toMatchObject({ type: 'DELETED' })
    ending.abort()
    expect((await watch.next()).done).toBe(true)
  })

  test('subresources, and kinds by discovery', async () => {
    const deployments = await clientOf().resourceForKind('apps/v1', 'Deployment')
    const template = { metadata: { labels: { app: suffix } }, spec: { containers: [{ name: 'a', image: 'b' }] } }
    const name = `web-${suffix}`
    await deployments.namespace('default').create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { replicas: 1, selector: { matchLabels: { app: suffix } }, template },
    })
    const scale = deployments.namespace('default').subresource('scale')
    await scale.patch(name, { spec: { replicas: 4 } }, { type: 'merge' })
    expect(await scale.get(name)).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } })
    await expect(clientOf().resourceForKind('apps/v1', 'Nothing')).rejects.toThrow(
      'no matches for kind "Nothing" in version "apps/v1"',
    )
  })

  test('an informer holds what the server holds, and its handlers hear of it', async () => {
    const ending = new AbortController()
    const informers = createInformers({ client: clientOf() })
    const labelSelector = `informed=${suffix}`
    const labels = { informed: suffix }
    const informer = informers.informer('v1', 'configmaps', { namespace: 'default', labelSelector })
    const heard: string[] = []
    informer.addHandler({
      add: ({ metadata }, isInInitialList) => void heard.push(`add ${metadata.name} ${isInInitialList}`),
      update: (_before, { metadata }) => void heard.push(`update ${metadata.name}`),
      delete: ({ metadata }) => void heard.push(`delete ${metadata.name}`),
    })
    await configMaps().create(configMap(`i-${suffix}-1`, {}, labels))
    const running = informers.run(ending.signal)
    await informers.synced()
    await configMaps().create(configMap(`i-${suffix}-2`, {}, labels))
    await configMaps().patch(`i-${suffix}-2`, { data: { a: 'b' } }, { type: 'merge' })
    await configMaps().delete(`i-${suffix}-1`)
    await expect.poll(() => heard.at(-1)).toBe(`delete i-${suffix}-1`)
    expect(informer.store.list().map(({ metadata }) => metadata.name)).toEqual([`i-${suffix}-2`])
    expect(heard[0]).toBe(`add i-${suffix}-1 true`)
    expect(heard).toContain(`add i-${suffix}-2 false`)
    ending.abort()
    await running
  })
})

test('a connection that has ended is made anew', async () => {
  const first = await startTestControlPlane({ storage: 'lmdb' })
  const client = await connectToCluster({ path: first.kubeconfig })
  try {
    await client.client.resource('v1', 'namespaces').get('default')
    client.close()
    await client.client.resource('v1', 'namespaces').get('default')
  } finally {
    client.close()
    await first.stop()
  }
})

test('nobody at the other end is a connection error, which tells that nothing was sent', async () => {
  const gone = await startTestControlPlane()
  const client = await connectToCluster({ path: gone.kubeconfig })
  await gone.stop().catch(() => {})
  const call = client.client.transport({ method: 'GET', path: '/version' })
  await expect(call).rejects.toMatchObject({ name: 'ConnectionError', unsent: true })
  client.close()
})
