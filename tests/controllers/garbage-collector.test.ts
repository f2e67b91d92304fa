import { type OwnerReference, StatusError } from '@fairlead/apimachinery'
import { type Client, createClient, type DeleteOptions } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { collectorPassed, createFamily, createNamespace, describeObject, type Family, type Wanted } from './family.ts'

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

const configMaps = (namespace: string) => client.resource('v1', 'configmaps').namespace(namespace)

describe('what becomes of dependents', () => {
  type Case = [
    what: string,
    members: Readonly<Record<string, Wanted>>,
    deleted: string,
    policy: DeleteOptions['propagationPolicy'],
    left: readonly string[],
  ]
  test.each<Case>([
    ['go after their owner', { a: {}, b: { owners: ['a'] }, other: {} }, 'a', undefined, ['other']],
    ['go, with theirs', { a: {}, b: { owners: ['a'] }, c: { owners: ['b'] } }, 'a', 'Background', []],
    ['stay when orphaned', { a: {}, b: { owners: ['a'] }, c: { owners: ['b'] } }, 'a', 'Orphan', ['b', 'c(b)']],
    ['go before their owner', { a: {}, b: { owners: [{ name: 'a', block: true }] } }, 'a', 'Foreground', []],
    [
      'keep what another owner has',
      { a: {}, b: {}, c: { owners: ['a', 'b'] }, d: { owners: ['c'] } },
      'a',
      'Background',
      ['b', 'c(b)', 'd(c)'],
    ],
    [
      'are not waited for when another owner keeps them',
      { a: {}, b: {}, c: { owners: [{ name: 'a', block: true }, 'b'] } },
      'a',
      'Foreground',
      ['b', 'c(b)'],
    ],
    [
      'orphaned ones keep their other owners',
      { a: {}, b: {}, c: { owners: ['a', 'b'] } },
      'a',
      'Orphan',
      ['b', 'c(b)'],
    ],
    ['an owner without dependents goes, in the foreground', { a: {} }, 'a', 'Foreground', []],
    ['an owner without dependents goes, orphaning', { a: {} }, 'a', 'Orphan', []],
    [
      'an owner that an orphaned object names twice is taken out wholly',
      { a: {}, b: { owners: ['a', { name: 'a', block: true }] } },
      'a',
      'Orphan',
      ['b'],
    ],
  ])('%s', async (_what, members, deleted, policy, left) => {
    const made = await createFamily(client, members)
    await made.delete(deleted, policy)
    await expect.poll(made.left).toEqual(left)
  })
})

describe('a deletion in the foreground', () => {
  /** The names of ConfigMaps as they go. */
  async function deletions(namespace: string, count: number): Promise<string[]> {
    const names: string[] = []
    for await (const { type, object } of configMaps(namespace).watch()) {
      if (type === 'DELETED') names.push(object.metadata.name ?? '')
      if (names.length === count) break
    }
    return names
  }

  test('takes the last dependents first', async () => {
    const made = await createFamily(client, {
      a: {},
      b: { owners: [{ name: 'a', block: true }] },
      c: { owners: [{ name: 'b', block: true }] },
      d: { owners: [{ name: 'c', block: true }] },
    })
    const order = deletions(made.namespace, 4)
    await made.delete('a', 'Foreground')
    expect(await order).toEqual(['d', 'c', 'b', 'a'])
  })

  test('waits for a dependent that is held, and only for those that hold it up', async () => {
    const hold = ['example.com/hold']
    const made = await createFamily(client, {
      a: {},
      waits: { owners: [{ name: 'a', block: true }], finalizers: hold },
      free: { owners: ['a'], finalizers: hold },
    })
    await made.delete('a', 'Foreground')
    const state = async () =>
      (await configMaps(made.namespace).list()).items.map(({ metadata }) => [
        metadata.name,
        metadata.deletionTimestamp !== undefined,
        metadata.finalizers,
      ])
    await expect.poll(state).toEqual([
      ['a', true, ['foregroundDeletion']],
      ['free', true, hold],
      ['waits', true, hold],
    ])
    await made.patch('waits', { finalizers: null })
    await expect.poll(made.left).toEqual(['free(a)'])
    await made.patch('free', { finalizers: null })
    await expect.poll(made.left).toEqual([])
  })

  test('goes on when a dependent no longer holds it up', async () => {
    const made = await createFamily(client, {
      a: {},
      b: {},
      unblocked: { owners: [{ name: 'a', block: true }], finalizers: ['example.com/hold'] },
      released: { owners: [{ name: 'b', block: true }], finalizers: ['example.com/hold'] },
    })
    await made.delete('a', 'Foreground')
    await made.delete('b', 'Foreground')
    const isDeleting = async (name: string) =>
      (await configMaps(made.namespace).get(name)).metadata.deletionTimestamp !== undefined
    await expect.poll(() => isDeleting('unblocked')).toBe(true)
    await expect.poll(() => isDeleting('released')).toBe(true)
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: made.uid('a') }
    await made.patch('unblocked', { ownerReferences: [reference] })
    await made.patch('released', { ownerReferences: null })
    await expect.poll(made.left).toEqual(['released', 'unblocked(a)'])
  })

  test('is joined by a dependent that comes late', async () => {
    const made = await createFamily(client, {
      a: {},
      held: { owners: [{ name: 'a', block: true }], finalizers: ['example.com/hold'] },
    })
    await made.delete('a', 'Foreground')
    const isDeleting = async () =>
      (await configMaps(made.namespace).get('held')).metadata.deletionTimestamp !== undefined
    await expect.poll(isDeleting).toBe(true)
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: made.uid('a') }]
    const late = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', ownerReferences } }
    await configMaps(made.namespace).create(late)
    await expect.poll(made.left).toEqual(['a', 'held(a)'])
  })

  test('can be turned into one that orphans', async () => {
    const made = await createFamily(client, {
      a: {},
      b: { owners: [{ name: 'a', block: true }], finalizers: ['example.com/hold'] },
    })
    await made.delete('a', 'Foreground')
    await expect
      .poll(async () => (await configMaps(made.namespace).get('b')).metadata.deletionTimestamp)
      .not.toBeUndefined()
    await made.delete('a', 'Orphan')
    await expect.poll(made.left).toEqual(['b'])
  })
})

describe('circles of owners', () => {
  async function circle(size: number, block: boolean): Promise<Family> {
    const members: Record<string, Wanted> = {}
    for (let i = 0; i < size; i += 1) members[`m${i}`] = { owners: i === 0 ? [] : [{ name: `m${i - 1}`, block }] }
    const made = await createFamily(client, members)
    const last = `m${size - 1}`
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: last, uid: made.uid(last) }
    await made.patch('m0', { ownerReferences: [{ ...reference, blockOwnerDeletion: block }] })
    return made
  }

  test.each<[size: number, block: boolean, policy: DeleteOptions['propagationPolicy']]>([
    [1, false, 'Background'],
    [1, true, 'Foreground'],
    [2, false, 'Background'],
    [2, true, 'Background'],
    [2, true, 'Foreground'],
    [3, true, 'Foreground'],
    [5, true, 'Foreground'],
    [5, false, 'Foreground'],
  ])('of %i, blocking %s, deleted %s, go as a whole', async (size, block, policy) => {
    const made = await circle(size, block)
    await made.delete('m0', policy)
    await expect.poll(made.left).toEqual([])
  })

  test('an orphaning deletion opens them', async () => {
    const made = await circle(3, true)
    await made.delete('m0', 'Orphan')
    await expect.poll(made.left).toEqual(['m1', 'm2(m1)'])
  })
})

describe('references that mean no owner', () => {
  const owner = (parts: Partial<OwnerReference>): OwnerReference => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'owner',
    uid: '',
    ...parts,
  })
  /** An object with one reference, beside an owner that is there; resolves to whether it stays. */
  async function child(reference: (uid: string) => Partial<OwnerReference>): Promise<Family> {
    const made = await createFamily(client, { owner: {} })
    const ownerReferences = [owner({ uid: made.uid('owner'), ...reference(made.uid('owner')) })]
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'child', ownerReferences } }
    await configMaps(made.namespace).create(object)
    return made
  }
  const uid = '11111111-2222-3333-4444-555555555555'

  test.each<[what: string, reference: Partial<OwnerReference>]>([
    ['another uid', { uid }],
    ['another name', { name: 'other' }],
    ['another kind', { kind: 'Secret' }],
    ['another group', { apiVersion: 'apps/v1', kind: 'Deployment' }],
    ['nothing at all', { uid, name: 'none' }],
  ])('%s: the object goes', async (_what, reference) => {
    const made = await child(() => reference)
    await expect.poll(made.left).toEqual(['owner'])
  })

  test('objects may disagree about where an owner is: who is wrong goes', async () => {
    const made = await createFamily(client, { owner: {} })
    const create = (name: string, reference: Partial<OwnerReference>) => {
      const metadata = { name, ownerReferences: [owner(reference)] }
      return made.members.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
    }
    await create('right', { uid: made.uid('owner') })
    await create('wrong', { uid: made.uid('owner'), name: 'other' })
    await create('lost', { uid, name: 'one' })
    await create('lost-too', { uid, name: 'another' })
    await create('lost-as-well', { uid, name: 'third', kind: 'Secret' })
    await expect.poll(made.left).toEqual(['owner', 'right(owner)'])
  })

  test('a reference beside a good one is taken away', async () => {
    const made = await child(() => ({}))
    const good = owner({ uid: made.uid('owner') })
    await made.patch('child', { ownerReferences: [owner({ uid, name: 'none' }), good, owner({ uid: 'x', name: 'y' })] })
    await expect.poll(made.left).toEqual(['child(owner)', 'owner'])
  })

  test.each<[what: string, reference: Partial<OwnerReference>]>([
    ['a kind that is not known', { apiVersion: 'nobody.example.com/v1', kind: 'Nobody' }],
    ['a version that is not served', { apiVersion: 'v9' }],
  ])('%s: the object stays', async (_what, reference) => {
    const made = await child(() => reference)
    await collectorPassed(client)
    expect(await made.left()).toEqual(['child(owner)', 'owner'])
  })

  test('an owner is found in any version that is served', async () => {
    const namespace = await createNamespace(client)
    const scalers = client.resource('autoscaling/v2', 'horizontalpodautoscalers').namespace(namespace)
    const spec = { maxReplicas: 1, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } }
    const { metadata } = await scalers.create({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'scaler' },
      spec,
    })
    const reference = { kind: 'HorizontalPodAutoscaler', name: 'scaler', uid: metadata.uid ?? '' }
    await configMaps(namespace).create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'child', ownerReferences: [{ apiVersion: 'autoscaling/v1', ...reference }] },
    })
    await collectorPassed(client)
    const left = async () => (await configMaps(namespace).list()).items.map(describeObject)
    expect(await left()).toEqual(['child(scaler)'])
    await scalers.delete('scaler')
    await expect.poll(left).toEqual([])
  })

  const eventsAbout = async (namespace: string, name: string) =>
    (
      await client
        .resource('v1', 'events')
        .namespace(namespace)
        .list({ fieldSelector: `involvedObject.name=${name}` })
    ).items.map(({ type, reason, message, source }) => ({ type, reason, message, source }))

  test('an owner in another namespace does not count, and that is said', async () => {
    const made = await createFamily(client, { owner: {} })
    const elsewhere = await createNamespace(client)
    const ownerReferences = [owner({ uid: made.uid('owner') })]
    await configMaps(elsewhere).create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'stray', ownerReferences },
    })
    await expect.poll(async () => (await configMaps(elsewhere).list()).items).toEqual([])
    await expect
      .poll(() => eventsAbout(elsewhere, 'stray'))
      .toEqual([
        {
          type: 'Warning',
          reason: 'OwnerRefInvalidNamespace',
          message: `ownerRef [v1/ConfigMap, namespace: ${elsewhere}, name: owner, uid: ${made.uid('owner')}] does not exist in namespace "${elsewhere}"`,
          source: { component: 'garbage-collector-controller' },
        },
      ])
    expect(await made.left()).toEqual(['owner'])
  })

  test('an object outside of namespaces is never collected for an owner in one', async () => {
    const made = await createFamily(client, { owner: {} })
    const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles')
    const name = `stray-${made.namespace}`
    const ownerReferences = [owner({ uid: made.uid('owner') })]
    await roles.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, ownerReferences },
    })
    await expect
      .poll(() => eventsAbout('default', name))
      .toMatchObject([
        {
          reason: 'OwnerRefInvalidNamespace',
          message: `ownerRef [v1/ConfigMap, namespace: , name: owner, uid: ${made.uid('owner')}] does not exist in namespace ""`,
        },
      ])
    await made.delete('owner')
    await collectorPassed(client)
    expect((await roles.get(name)).metadata.ownerReferences).toMatchObject(ownerReferences)
  })

  test('an owner outside of namespaces counts everywhere', async () => {
    const namespace = await createNamespace(client)
    const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles')
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' }
    const { metadata } = await roles.create({ ...role, metadata: { name: 'everywhere' } })
    const ownerReferences = [{ ...role, name: 'everywhere', uid: metadata.uid ?? '' }]
    await configMaps(namespace).create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'child', ownerReferences },
    })
    await roles.create({ ...role, metadata: { name: 'under-everywhere', ownerReferences } })
    await collectorPassed(client)
    expect((await configMaps(namespace).list()).items.map(describeObject)).toEqual(['child(everywhere)'])
    await roles.delete('everywhere')
    await expect.poll(async () => (await configMaps(namespace).list()).items).toEqual([])
    await expect
      .poll(() => roles.get('under-everywhere').catch((error: unknown) => StatusError.is(error) && error.code))
      .toBe(404)
  })
})

describe('owners that come and go', () => {
  test('an object that gets an owner which is gone goes too', async () => {
    const made = await createFamily(client, { a: {}, b: {} })
    await made.delete('a')
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: made.uid('a') }
    await made.patch('b', { ownerReferences: [reference] })
    await expect.poll(made.left).toEqual([])
  })

  test('an object that has lost its owner reference stays', async () => {
    const made = await createFamily(client, { a: {}, b: { owners: ['a'] }, c: { owners: ['a'] } })
    await made.patch('b', { ownerReferences: null })
    await made.delete('a')
    await expect.poll(made.left).toEqual(['b'])
  })

  test('another object of the name of an owner is none', async () => {
    const made = await createFamily(client, { a: {}, b: { owners: ['a'], finalizers: ['example.com/hold'] } })
    await made.delete('a')
    await configMaps(made.namespace).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
    await expect
      .poll(async () => (await configMaps(made.namespace).get('b')).metadata.deletionTimestamp)
      .not.toBeUndefined()
    await made.patch('b', { finalizers: null })
    await expect.poll(made.left).toEqual(['a'])
  })
})
