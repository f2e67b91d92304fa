import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap, Watch } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createQueue } from '../support/queue.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

describe('@kubernetes/client-node', () => {
  let controlPlane: TestControlPlane
  let core: CoreV1Api
  const config = new KubeConfig()
  const inNamespace = async (namespace: string) => {
    await core.createNamespace({ body: { metadata: { name: namespace } } })
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    const create = (name: string, labels: Record<string, string> = {}) =>
      core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels }, data: { a: '1' } } })
    const change = (name: string, data: Record<string, string>) =>
      core.replaceNamespacedConfigMap({ namespace, name, body: { metadata: { name }, data } })
    return {
      namespace,
      path,
      create,
      change,
      remove: (name: string) => core.deleteNamespacedConfigMap({ namespace, name }),
    }
  }

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    config.loadFromFile(controlPlane.kubeconfig)
    core = config.makeApiClient(CoreV1Api)
  })
  afterAll(() => controlPlane.stop())

  test('Watch sees every change once, in order, and ends when it is aborted', async () => {
    const { path, create, change, remove } = await inNamespace('watched')
    const first = await create('first')
    const events = createQueue<{ readonly type: string; readonly object: V1ConfigMap }>()
    const ended = createQueue<unknown>()
    const watching = await new Watch(config).watch(
      path,
      { resourceVersion: first.metadata?.resourceVersion, allowWatchBookmarks: true },
      (type, object: V1ConfigMap) => events.push({ type, object }),
      (error: unknown) => ended.push(error),
    )
    await create('second')
    await change('first', { a: '2' })
    await remove('second')
    const seen = await events.take(3)
    expect(seen.map(({ type, object }) => [type, object.metadata?.name, object.data?.['a']])).toEqual([
      ['ADDED', 'second', '1'],
      ['MODIFIED', 'first', '2'],
      ['DELETED', 'second', '1'],
    ])
    const versions = seen.map(({ object }) => Number(object.metadata?.resourceVersion))
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    watching.abort()
    expect(await ended.next()).toMatchObject({ name: 'AbortError' })
  })

  test('Watch ends without an error when its time is up', async () => {
    const { path } = await inNamespace('ending')
    const ended = createQueue<unknown>()
    await new Watch(config).watch(
      path,
      { timeoutSeconds: 1 },
      () => undefined,
      (error: unknown) => ended.push(error),
    )
    expect(await ended.next()).toBeNull()
  })

  test('an informer lists, then follows what is added, updated and deleted', async () => {
    const { namespace, path, create, change, remove } = await inNamespace('informed')
    await create('before', { kept: 'yes' })
    await create('other')
    const seen = createQueue<string>()
    const informer = makeInformer<V1ConfigMap>(
      config,
      path,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: 'kept' }),
      'kept',
    )
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, (object: V1ConfigMap) => seen.push(`${verb} ${object.metadata?.name} ${object.data?.['a']}`))
    }
    informer.on('error', (error: unknown) => seen.push(`error ${String(error)}`))
    await informer.start()
    expect(await seen.next()).toBe('add before 1')
    await create('ignored')
    await create('after', { kept: 'yes' })
    expect(await seen.next()).toBe('add after 1')
    await core.replaceNamespacedConfigMap({
      namespace,
      name: 'after',
      body: { metadata: { name: 'after', labels: { kept: 'yes' } }, data: { a: '2' } },
    })
    expect(await seen.next()).toBe('update after 2')
    // Without its label the object leaves the informer's view: gone, as it was last seen there.
    await change('before', { a: '3' })
    expect(await seen.next()).toBe('delete before 1')
    await remove('after')
    expect(await seen.next()).toBe('delete after 2')
    expect(informer.list()).toEqual([])
    await informer.stop()
  })

  test('an informer goes on from where it was when a watch ends', async () => {
    const { namespace, path, create } = await inNamespace('resumed')
    await create('one')
    const seen = createQueue<string>()
    const informer = makeInformer<V1ConfigMap>(config, path, () => core.listNamespacedConfigMap({ namespace }))
    informer.on('add', (object: V1ConfigMap) => seen.push(`add ${object.metadata?.name}`))
    await informer.start()
    expect(await seen.next()).toBe('add one')
    await informer.stop()
    await create('two')
    await informer.start()
    expect(await seen.next()).toBe('add two')
    await create('three')
    expect(await seen.next()).toBe('add three')
    await informer.stop()
  })
})
