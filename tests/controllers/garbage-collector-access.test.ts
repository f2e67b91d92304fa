import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKinds } from '../../packages/controllers/src/garbage-collector/api-kinds.ts'
import { createObjectAccess } from '../../packages/controllers/src/garbage-collector/object-access.ts'
import type { ObjectReference } from '../../packages/controllers/src/garbage-collector/object-reference.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { createFamily, type Family } from './family.ts'

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

/** Of a collector that believes that these API versions have a kind Gone, beside what the server has. */
async function accessOf({ gone = [], failing = [] }: { gone?: readonly string[]; failing?: readonly string[] } = {}) {
  const apis = await client.discovery.refresh()
  const kinds = createApiKinds()
  const names = { resource: 'gones', singular: 'gone', kind: 'Gone', shortNames: [], categories: [], subresources: [] }
  const extra = gone.map((group) => ({ ...names, group, version: 'v1', namespaced: true, verbs: [] }))
  const failures = new Map(failing.map((group) => [`${group}/v1`, new Error('away')]))
  kinds.update({ ...apis, resources: [...apis.resources, ...extra] })
  return createObjectAccess({
    client,
    kinds,
    refreshKinds: async () => void kinds.update({ ...(await client.discovery.refresh()), failures }),
    signal: new AbortController().signal,
  })
}

const member = ({ namespace, uid }: Family, name: string): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name,
  uid: uid(name),
})

describe('what is not there', () => {
  const gone = { apiVersion: 'gone.example.com/v1', kind: 'Gone', namespace: 'default', name: 'x', uid: 'u' }

  test('an object', async () => {
    const access = await accessOf()
    const family = await createFamily(client, {})
    expect(await access.read({ ...member(family, 'a'), name: 'none' })).toBeUndefined()
  })

  test('a kind that was there before', async () => {
    const access = await accessOf({ gone: ['gone.example.com'] })
    await expect(access.read(gone)).rejects.toThrow('unable to get REST mapping for gone.example.com/v1/Gone.')
  })

  test('a kind of an API that does not answer', async () => {
    const access = await accessOf({ gone: ['gone.example.com'], failing: ['gone.example.com'] })
    await expect(access.read(gone)).rejects.toMatchObject({ code: 404 })
  })

  test('a namespace, for a kind that needs one', async () => {
    const access = await accessOf()
    const nowhere = { apiVersion: 'v1', kind: 'ConfigMap', namespace: '', name: 'x', uid: 'u' }
    await expect(access.read(nowhere)).rejects.toThrow('cluster-scoped objects cannot refer to namespaced owners')
  })
})

describe('an object that has changed since it was read', () => {
  test.each<[what: string, change: (family: Family) => Promise<void>, outcome: 'gone' | 'absent' | 'conflict']>([
    ['nothing', async () => undefined, 'gone'],
    ['what is not about its owners', (family) => family.patch('a', { labels: { changed: 'yes' } }), 'gone'],
    [
      'its owners',
      (family) => family.patch('a', { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'p' }] }),
      'conflict',
    ],
    ['it is gone', (family) => family.delete('a'), 'absent'],
    [
      'it is another one',
      async (family) => {
        await family.delete('a')
        await family.members.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
      },
      'conflict',
    ],
  ])('%s', async (_what, change, outcome) => {
    const access = await accessOf()
    const family = await createFamily(client, { a: {} })
    const object = member(family, 'a')
    const state = await access.read(object)
    if (state === undefined) throw new Error('it is there')
    await change(family)
    const removed = access.remove(object, state, 'Background')
    if (outcome === 'conflict') await expect(removed).rejects.toMatchObject({ code: 409 })
    else expect(await removed).toBe(outcome === 'gone')
    expect(await family.left()).toEqual(outcome === 'conflict' ? [expect.stringMatching(/^a/)] : [])
  })
})

test('a finalizer is taken away once, and others stay', async () => {
  const access = await accessOf()
  const family = await createFamily(client, { a: { finalizers: ['example.com/hold', 'orphan'] } })
  const object = member(family, 'a')
  await access.removeFinalizer(object, 'orphan')
  const { metadata } = await family.members.get('a')
  expect(metadata.finalizers).toEqual(['example.com/hold'])
  await access.removeFinalizer(object, 'orphan')
  await access.removeFinalizer({ ...object, name: 'none' }, 'orphan')
  await access.removeFinalizer({ ...object, uid: 'another' }, 'example.com/hold')
  expect((await family.members.get('a')).metadata).toEqual(metadata)
})
