import type { KubeObject } from '@fairlead/apimachinery'
import { createClient } from '@fairlead/client'
import {
  type Condition,
  createOrPatch,
  createOrUpdate,
  finalize,
  patchStatus,
  setCondition,
} from '@fairlead/controller-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}
const client = () => createClient(controlPlane.transport)
const configMaps = () => client().resource<ConfigMap>('v1', 'configmaps')
const configMap = (name: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
})
const withData = (data: Record<string, string>) => (object: ConfigMap) => ({ ...object, data })

describe.each([
  ['createOrUpdate', createOrUpdate],
  ['createOrPatch', createOrPatch],
])('%s', (title, ensure) => {
  const name = title.toLowerCase()

  test('creates what is not there, changes what differs, and writes nothing else', async () => {
    const results: string[] = []
    const versions = new Set<string | undefined>()
    for (const data of [{ a: '1' }, { a: '1' }, { a: '2', b: '3' }, { b: '3' }]) {
      const { result, object } = await ensure(configMaps(), configMap(name), withData(data))
      results.push(result)
      versions.add(object.metadata.resourceVersion)
      expect((await configMaps().namespace('default').get(name)).data).toEqual(data)
    }
    expect(results).toEqual(['created', 'unchanged', 'updated', 'updated'])
    expect(versions.size).toBe(3)
  })

  test('refuses to rename, and tells what the server refuses', async () => {
    const rename = (object: ConfigMap): ConfigMap => ({ ...object, metadata: { ...object.metadata, name: 'other' } })
    await expect(ensure(configMaps(), configMap(name), rename)).rejects.toThrow('may not change name')
    await expect(ensure(configMaps(), configMap('Not_Valid'), (object) => object)).rejects.toMatchObject({ code: 422 })
  })

  test('a mutation may change the copy that it gets', async () => {
    const change = (object: ConfigMap): ConfigMap => {
      object.metadata.labels = { changed: 'yes' }
      return object
    }
    expect(await ensure(configMaps(), configMap(name), change)).toMatchObject({
      result: 'updated',
      object: { metadata: { labels: { changed: 'yes' } } },
    })
  })
})

test('createOrUpdate gives way to a change between reading and writing, createOrPatch keeps it', async () => {
  /** Another writer comes in as soon as the object has been read. */
  const meddling = (name: string) =>
    createClient(async (request) => {
      const response = await controlPlane.transport(request)
      if (request.method === 'GET') await configMaps().namespace('default').patch(name, other, { type: 'merge' })
      return response
    }).resource<ConfigMap>('v1', 'configmaps')
  const other = { metadata: { labels: { by: 'other' } } }
  for (const name of ['raced-update', 'raced-patch']) await configMaps().create(configMap(name))
  await expect(
    createOrUpdate(meddling('raced-update'), configMap('raced-update'), withData({ a: '1' })),
  ).rejects.toMatchObject({ code: 409 })
  const { object } = await createOrPatch(meddling('raced-patch'), configMap('raced-patch'), withData({ a: '1' }))
  expect(object).toMatchObject({ metadata: { labels: { by: 'other' } }, data: { a: '1' } })
})

test('patchStatus writes what differs and refuses what it has not seen', async () => {
  const deployments = client().resource('apps/v1', 'deployments')
  const labels = { app: 'status' }
  const created = await deployments.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'status', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } },
    },
  })
  const conditions = setCondition(
    [],
    {
      type: 'Available',
      status: 'True',
      reason: 'Up',
      message: 'It is up',
      lastUpdateTime: '2026-01-01T00:00:00Z',
    } as Condition,
    Date.UTC(2026, 0, 1),
  )
  const written = await patchStatus(deployments, created, { replicas: 2, conditions })
  expect(written['status']).toMatchObject({ replicas: 2, conditions })
  expect(written.metadata.generation).toBe(created.metadata.generation)
  expect(await patchStatus(deployments, written, written['status'] as object)).toBe(written)
  const without = await patchStatus(deployments, written, { conditions })
  expect(without['status']).not.toHaveProperty('replicas')
  await expect(patchStatus(deployments, written, { replicas: 3, conditions })).rejects.toMatchObject({ code: 409 })
})

describe('finalize', () => {
  const finalizer = 'example.com/bucket'
  const named = () => configMaps().namespace('default')
  const run = async (name: string, calls: string[], cleanup: () => void = () => undefined) =>
    await finalize(configMaps(), await named().get(name), {
      finalizer,
      apply: ({ metadata }) => {
        calls.push(`apply ${metadata.finalizers?.join()}`)
        return { requeueAfter: 5 }
      },
      cleanup: () => {
        calls.push('cleanup')
        cleanup()
      },
    })

  test('holds the object from before the first apply until it is cleaned up', async () => {
    const calls: string[] = []
    await configMaps().create(configMap('final'))
    expect(await run('final', calls)).toEqual({ requeueAfter: 5 })
    expect(await run('final', calls)).toEqual({ requeueAfter: 5 })
    await named().delete('final')
    const failing = () => {
      throw new Error('not yet')
    }
    await expect(run('final', calls, failing)).rejects.toThrow('not yet')
    expect((await named().get('final')).metadata.finalizers).toEqual([finalizer])
    expect(await run('final', calls)).toBeUndefined()
    await expect(named().get('final')).rejects.toMatchObject({ code: 404 })
    expect(calls).toEqual([`apply ${finalizer}`, `apply ${finalizer}`, 'cleanup', 'cleanup'])
  })

  test('leaves the finalizers of others, and has no part in an object that goes without it', async () => {
    const calls: string[] = []
    const theirs = { ...configMap('shared'), metadata: { ...configMap('shared').metadata, finalizers: ['a.com/b'] } }
    await configMaps().create(theirs)
    await run('shared', calls)
    expect((await named().get('shared')).metadata.finalizers).toEqual(['a.com/b', finalizer])
    await named().delete('shared')
    await run('shared', calls)
    expect((await named().get('shared')).metadata.finalizers).toEqual(['a.com/b'])
    expect(await run('shared', calls)).toBeUndefined()
    expect(calls).toEqual([`apply a.com/b,${finalizer}`, 'cleanup'])
    await named().patch('shared', { metadata: { finalizers: null } }, { type: 'merge' })
  })

  test('is refused on an old state, and does not mind that the object went meanwhile', async () => {
    const calls: string[] = []
    const stale = await configMaps().create(configMap('stale'))
    await named().patch('stale', { data: { a: '1' } }, { type: 'merge' })
    const apply = () => void calls.push('apply')
    await expect(finalize(configMaps(), stale, { finalizer, apply, cleanup: () => undefined })).rejects.toMatchObject({
      code: 409,
    })
    await run('stale', calls)
    await named().delete('stale')
    const going = await named().get('stale')
    const cleanup = async () => await named().patch('stale', { metadata: { finalizers: null } }, { type: 'merge' })
    expect(await finalize(configMaps(), going, { finalizer, apply, cleanup })).toBeUndefined()
    expect(calls).toEqual([`apply ${finalizer}`])
  })
})
