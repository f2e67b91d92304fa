import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { collectorPassed, createFamily, createNamespace } from './family.ts'

let controlPlane: TestControlPlane
let client: Client
let warnings: string[]
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport, { onWarning: ({ text }) => void warnings.push(text) })
})
afterAll(() => controlPlane.stop())

/** Sends a body of DeleteOptions as it is. */
const deleteWith = (path: string, options: object) =>
  client.request<KubeObject>({ method: 'DELETE', path, body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options } })

describe('kinds that leave their dependents behind unless told', () => {
  const podSpec = { containers: [{ name: 'c', image: 'c' }], restartPolicy: 'Never' }
  const template = { metadata: { labels: { app: 'x' } }, spec: podSpec }
  const kept =
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

  test.each<[plural: string, owner: KubeObject, options: object, left: readonly string[], warned: readonly string[]]>([
    ['jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec: { template } }, {}, ['pod'], [kept]],
    [
      'jobs',
      { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec: { template } },
      { propagationPolicy: 'Orphan' },
      ['pod'],
      [],
    ],
    [
      'jobs',
      { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec: { template } },
      { propagationPolicy: 'Background' },
      [],
      [],
    ],
    [
      'jobs',
      { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec: { template } },
      { orphanDependents: false },
      [],
      [],
    ],
    [
      'replicationcontrollers',
      { apiVersion: 'v1', kind: 'ReplicationController', metadata: {}, spec: { selector: { app: 'x' }, template } },
      {},
      ['pod'],
      [],
    ],
    [
      'replicationcontrollers',
      { apiVersion: 'v1', kind: 'ReplicationController', metadata: {}, spec: { selector: { app: 'x' }, template } },
      { propagationPolicy: 'Foreground' },
      [],
      [],
    ],
  ])('%s %#', async (plural, owner, options, left, warned) => {
    warnings = []
    const namespace = await createNamespace(client)
    const owners = client.resource(owner.apiVersion, plural).namespace(namespace)
    const { metadata } = await owners.create({ ...owner, metadata: { name: 'owner' } })
    const pods = client.resource('v1', 'pods').namespace(namespace)
    const reference = { apiVersion: owner.apiVersion, kind: owner.kind, name: 'owner', uid: metadata.uid ?? '' }
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: podSpec }
    await pods.create({ ...pod, metadata: { name: 'pod', ownerReferences: [reference] } })
    warnings = []
    const prefix = owner.apiVersion === 'v1' ? '/api/v1' : `/apis/${owner.apiVersion}`
    await deleteWith(`${prefix}/namespaces/${namespace}/${plural}/owner`, options)
    expect(warnings).toEqual(warned)
    await expect.poll(async () => (await owners.list()).items).toEqual([])
    await collectorPassed(client)
    await expect
      .poll(async () => (await pods.list()).items.map((item) => [item.metadata.name, item.metadata.ownerReferences]))
      .toEqual(left.map((name) => [name, undefined]))
  })
})

describe('a collection that is deleted', () => {
  const members = {
    a: {},
    b: { owners: ['a'] },
    c: { owners: [{ name: 'b', block: true }] },
    held: { owners: [{ name: 'c', block: true }], finalizers: ['example.com/hold'] },
  }
  test.each<[options: object, finalizersOfC: readonly string[] | undefined, left: readonly string[]]>([
    [{ propagationPolicy: 'Background' }, undefined, ['held(c)']],
    [{ propagationPolicy: 'Foreground' }, ['foregroundDeletion'], ['a', 'b(a)', 'c(b)', 'held(c)']],
    [{ propagationPolicy: 'Orphan' }, undefined, ['held']],
    [{ orphanDependents: true }, undefined, ['held']],
    [{}, undefined, ['held(c)']],
  ])('with %j', async (options, finalizersOfC, left) => {
    const made = await createFamily(client, { ...members, a: {}, b: { owners: [{ name: 'a', block: true }] } })
    await deleteWith(`/api/v1/namespaces/${made.namespace}/configmaps`, options)
    await expect.poll(made.left).toEqual(left)
    if (finalizersOfC !== undefined) {
      expect((await made.members.get('c')).metadata).toMatchObject({ finalizers: finalizersOfC })
    }
    await made.patch('held', { finalizers: null })
    await expect.poll(made.left).toEqual([])
  })

  test('only what is selected and its dependents go', async () => {
    const made = await createFamily(client, { a: {}, b: { owners: ['a'] }, c: {}, d: { owners: ['c'] } })
    await made.patch('a', { labels: { half: 'first' } })
    await made.members.deleteCollection({ labelSelector: 'half=first', propagationPolicy: 'Foreground' })
    await expect.poll(made.left).toEqual(['c', 'd(c)'])
  })
})
