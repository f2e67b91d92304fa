import { isReason, type KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient, createInformer, type Scale, type WatchEvent } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createQueue } from '../support/queue.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

describe('the client over the transport of a server in the same process', () => {
  let controlPlane: TestControlPlane
  let client: Client
  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    client = createClient(controlPlane.transport)
  })
  afterAll(() => controlPlane.stop())

  const inNamespace = async (name: string) => {
    await client.resource('v1', 'namespaces').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    return client.resource<ConfigMap>('v1', 'configmaps').namespace(name)
  }
  const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { app: name } },
    data,
  })

  test('writes and reads with every verb', async () => {
    const configMaps = await inNamespace('verbs')
    const created = await configMaps.create(configMap('a', { x: '1' }), { fieldManager: 'tests' })
    expect(await configMaps.get('a')).toEqual(created)
    const updated = await configMaps.update({ ...created, data: { x: '2' } })
    await expect(configMaps.update({ ...created, data: { x: '3' } })).rejects.toSatisfy((e) => isReason(e, 'Conflict'))
    expect(updated.data).toEqual({ x: '2' })
    expect(await configMaps.patch('a', { data: { y: '1' } }, { type: 'merge' })).toMatchObject({
      data: { x: '2', y: '1' },
    })
    const replace = [{ op: 'replace', path: '/data/x', value: '4' }]
    expect(await configMaps.patch('a', replace, { type: 'json' })).toMatchObject({ data: { x: '4' } })
    expect(await configMaps.patch('a', { data: { x: null } }, { type: 'strategic' })).toMatchObject({
      data: { y: '1' },
    })
    await configMaps.create(configMap('b'))
    const dry = await configMaps.create(configMap('c'), { dryRun: true })
    expect(dry.metadata.uid).toBeDefined()
    await expect(configMaps.get('c')).rejects.toSatisfy((error) => isReason(error, 'NotFound'))
    const list = await configMaps.list({ labelSelector: { app: 'b' } })
    expect(list.items.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
      ['ConfigMap', 'v1', 'b'],
    ])
    expect(await configMaps.metadataOnly().get('b')).toMatchObject({ kind: 'PartialObjectMetadata' })
    expect(await configMaps.delete('b', { preconditions: { uid: list.items[0]?.metadata.uid ?? '' } })).toMatchObject({
      kind: 'Status',
      status: 'Success',
    })
    const deleted = await configMaps.deleteCollection({ labelSelector: 'app=a' })
    expect('items' in deleted && Array.isArray(deleted.items) && deleted.items.length).toBe(1)
    expect((await configMaps.list()).items).toEqual([])
  })

  test('subresources', async () => {
    await inNamespace('subresources')
    const controllers = client.resource('v1', 'replicationcontrollers')
    await controllers.create({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'rc', namespace: 'subresources' },
      spec: {
        replicas: 0,
        selector: { app: 'rc' },
        template: { metadata: { labels: { app: 'rc' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    })
    const ours = controllers.namespace('subresources')
    const scale = await ours.subresource<Scale>('scale').get('rc')
    expect(scale.kind).toBe('Scale')
    const scaled = await ours.subresource<Scale>('scale').update({ ...scale, spec: { replicas: 3 } })
    expect(scaled.spec.replicas).toBe(3)
    const status = await ours.subresource('status').patch('rc', { status: { replicas: 2 } }, { type: 'merge' })
    expect(status['status']).toMatchObject({ replicas: 2 })
  })

  test('lists in pages at one resource version', async () => {
    const configMaps = await inNamespace('pages')
    for (const name of ['a', 'b', 'c', 'd', 'e']) await configMaps.create(configMap(name))
    const pages: string[][] = []
    const versions = new Set<string | undefined>()
    for await (const page of configMaps.pages({ limit: 2 })) {
      pages.push(page.items.map(({ metadata }) => metadata.name ?? ''))
      versions.add(page.metadata.resourceVersion)
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    expect(versions.size).toBe(1)
  })

  test('watches the present and what follows, and ends with the signal', async () => {
    const configMaps = await inNamespace('watched')
    await configMaps.create(configMap('a'))
    const stop = new AbortController()
    const seen: string[] = []
    const told = createQueue<WatchEvent<ConfigMap>>()
    const watching = (async () => {
      for await (const event of configMaps.watch({ bookmarks: true, signal: stop.signal })) told.push(event)
    })()
    const describeEvent = ({ type, object }: WatchEvent<ConfigMap>) =>
      seen.push(type === 'BOOKMARK' ? type : `${type} ${object.metadata.name}`)
    for (const event of await told.take(2)) describeEvent(event)
    await configMaps.create(configMap('b'))
    await configMaps.patch('a', { data: { x: '1' } }, { type: 'merge' })
    await configMaps.delete('a')
    while (seen.length < 5) {
      const event = await told.next()
      if (event.type !== 'BOOKMARK') describeEvent(event)
    }
    expect(seen).toEqual(['ADDED a', 'BOOKMARK', 'ADDED b', 'MODIFIED a', 'DELETED a'])
    stop.abort()
    await watching
  })

  test('an informer keeps its store and tells its handlers', async () => {
    const configMaps = await inNamespace('informed')
    await configMaps.create(configMap('a'))
    const informer = createInformer({ source: configMaps, times: client.times, freeze: true })
    const told = createQueue<string>()
    informer.addHandler({
      add: (object, isInInitialList) => told.push(`add ${object.metadata.name} ${isInInitialList}`),
      update: (_, object) => told.push(`update ${object.metadata.name} ${JSON.stringify(object.data)}`),
      delete: (object) => told.push(`delete ${object.metadata.name}`),
    })
    const stop = new AbortController()
    const running = informer.run(stop.signal)
    await informer.synced()
    expect(await told.next()).toBe('add a true')
    const created = await configMaps.create(configMap('b'))
    await informer.reached(created.metadata.resourceVersion ?? '')
    expect(informer.store.get('informed/b')).toEqual(created)
    expect(await told.next()).toBe('add b false')
    await configMaps.patch('b', { data: { x: '1' } }, { type: 'merge' })
    expect(await told.next()).toBe('update b {"x":"1"}')
    await configMaps.delete('b')
    expect(await told.next()).toBe('delete b')
    expect(informer.store.list('informed').map(({ metadata }) => metadata.name)).toEqual(['a'])
    stop.abort()
    await running
  })

  test('discovers resources, aggregated or not', async () => {
    const pods = await client.discovery.resourceFor({ group: '', version: 'v1', kind: 'Pod' })
    expect(pods).toMatchObject({ resource: 'pods', namespaced: true, shortNames: ['po'] })
    expect(pods?.subresources.map(({ name }) => name)).toContain('status')
    expect(await client.discovery.resourceFor({ group: 'none.example.com', kind: 'Nothing' })).toBeUndefined()
    const deployments = await client.resourceForKind('apps/v1', 'Deployment')
    expect(deployments.resource).toEqual({ group: 'apps', version: 'v1', resource: 'deployments' })
    const plain = createClient((request) =>
      controlPlane.transport({ ...request, headers: { ...request.headers, accept: 'application/json' } }),
    )
    const legacy = await plain.discovery.apis()
    const aggregated = await client.discovery.refresh()
    const names = ({ resources }: typeof legacy) =>
      resources.map(({ group, version, resource }) => `${group}/${version}/${resource}`).sort()
    expect(names(legacy)).toEqual(names(aggregated))
    expect(legacy.failures.size).toBe(0)
    await expect(client.resourceForKind('v1', 'Nothing')).rejects.toThrow(
      'no matches for kind "Nothing" in version "v1"',
    )
  })
})
