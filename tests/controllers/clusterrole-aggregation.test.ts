import { deepEqual, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { aggregateRules } from '@fairlead/apiserver'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { runControllers } from '../support/run-controllers.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const controllers = ['clusterrole-aggregation']
const group = 'rbac.authorization.k8s.io'

let controlPlane: TestControlPlane
let client: Client
let kubectl: Kubectl
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers })
  client = createClient(controlPlane.transport)
  kubectl = await kubectlFor(controlPlane, 'newest')
})
afterAll(() => controlPlane.stop())

const rolesOf = (of: Client) => of.resource(`${group}/v1`, 'clusterroles')
const roles = () => rolesOf(client)
const rule = (resource: string): JsonObject => ({ verbs: ['get'], apiGroups: ['example.com'], resources: [resource] })
const role = (name: string, labels: Record<string, string>, more: object = {}) =>
  ({ apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name, labels }, ...more }) as KubeObject
const plain = (name: string, labels: Record<string, string>) => role(name, labels, { rules: [rule(name)] })
/** One that collects the rules of the roles with one of these labels. */
const collecting = (name: string, selectors: readonly string[], labels: Record<string, string> = {}) =>
  role(name, labels, {
    aggregationRule: { clusterRoleSelectors: selectors.map((label) => ({ matchLabels: { [label]: 'true' } })) },
  })
const resourcesOf = async (name: string) => {
  const { rules } = (await roles().get(name)) as { rules?: { resources: string[] }[] | null }
  return (rules ?? []).flatMap(({ resources }) => resources)
}

test('rules are collected by selector, then by name, each once; and follow what is collected', async () => {
  await roles().create(plain('one-b', { 'one-first': 'true', 'one-second': 'true' }))
  await roles().create(collecting('one', ['one-second', 'one-first']))
  await expect.poll(() => resourcesOf('one')).toEqual(['one-b'])
  await roles().create(plain('one-a', { 'one-first': 'true' }))
  await expect.poll(() => resourcesOf('one')).toEqual(['one-b', 'one-a'])
  await roles().create(plain('one-c', { 'one-second': 'true' }))
  await expect.poll(() => resourcesOf('one')).toEqual(['one-b', 'one-c', 'one-a'])
  await roles().patch('one-c', { rules: [rule('changed'), rule('one-b')] }, { type: 'merge' })
  await expect.poll(() => resourcesOf('one')).toEqual(['one-b', 'changed', 'one-a'])
  await roles().patch('one-b', { metadata: { labels: null } }, { type: 'merge' })
  await expect.poll(() => resourcesOf('one')).toEqual(['changed', 'one-b', 'one-a'])
  await roles().delete('one-c')
  await expect.poll(() => resourcesOf('one')).toEqual(['one-a'])
  await roles().delete('one-a')
  await expect.poll(() => resourcesOf('one')).toEqual([])
})

test('rules that somebody adds by hand go; without the aggregationRule they stay', async () => {
  await roles().create(plain('two-a', { two: 'true' }))
  await roles().create(collecting('two', ['two']))
  await expect.poll(() => resourcesOf('two')).toEqual(['two-a'])
  await roles().patch('two', { rules: [rule('mine')] }, { type: 'merge' })
  await expect.poll(() => resourcesOf('two')).toEqual(['two-a'])
  await roles().patch('two', { aggregationRule: null, rules: [rule('mine')] }, { type: 'merge' })
  await roles().create(plain('two-b', { two: 'true' }))
  await roles().create(collecting('two-more', ['two']))
  await expect.poll(() => resourcesOf('two-more')).toEqual(['two-a', 'two-b'])
  expect(await resourcesOf('two')).toEqual(['mine'])
})

test('what is collected may be collected again, and two that collect each other come to rest', async () => {
  await roles().create(collecting('three', ['three']))
  await roles().create(collecting('three-middle', ['three-inner'], { three: 'true' }))
  await roles().create(plain('three-inner', { 'three-inner': 'true' }))
  await expect.poll(() => resourcesOf('three')).toEqual(['three-inner'])
  await roles().create(collecting('ring-1', ['ring-1'], { 'ring-2': 'true' }))
  await roles().create(collecting('ring-2', ['ring-2'], { 'ring-1': 'true' }))
  await roles().create(plain('ring-a', { 'ring-1': 'true' }))
  await roles().create(plain('ring-b', { 'ring-2': 'true' }))
  await expect.poll(() => resourcesOf('ring-1')).toEqual(expect.arrayContaining(['ring-a', 'ring-b']))
  await expect.poll(() => resourcesOf('ring-2')).toEqual(expect.arrayContaining(['ring-a', 'ring-b']))
  const isAtRest = async () => {
    const { items } = await roles().list()
    return items.every(
      (each) => deepEqual([...(aggregateRules(each, items) ?? [])], each['rules'] ?? []) || !each['aggregationRule'],
    )
  }
  await expect.poll(isAtRest).toBe(true)
  const versions = async () =>
    (await Promise.all(['ring-1', 'ring-2'].map((name) => roles().get(name)))).map(
      ({ metadata }) => metadata.resourceVersion,
    )
  const before = await versions()
  await roles().create(plain('three-last', { 'three-inner': 'true' }))
  await expect.poll(() => resourcesOf('three')).toEqual(['three-inner', 'three-last'])
  expect(await versions()).toEqual(before)
})

test('kubectl: an add-on widens what viewers may see', async () => {
  await kubectl('create', 'rolebinding', 'viewers', '--clusterrole=view', '--user=gus')
  const mayList = async () => (await kubectl.run(['auth', 'can-i', 'list', 'leases', '--as=gus'])).stdout.trim()
  expect(await mayList()).toBe('no')
  await kubectl('create', 'clusterrole', 'view-leases', '--verb=list', '--resource=leases.coordination.k8s.io')
  await kubectl('label', 'clusterrole', 'view-leases', `${group}/aggregate-to-view=true`)
  await expect.poll(mayList).toBe('yes')
  await kubectl('delete', 'clusterrole', 'view-leases')
  await expect.poll(mayList).toBe('no')
})

test('a server without controllers has the rules at its start, and a controller has nothing to write then', async () => {
  const folder = await temporaryFolder()
  const start = () => startTestControlPlane({ storage: 'lmdb', dataDir: folder.path })
  const first = await start()
  await rolesOf(createClient(first.transport)).create(plain('view-more', { [`${group}/aggregate-to-view`]: 'true' }))
  await first.stop()
  const second = await start()
  const all = async () => (await rolesOf(createClient(second.transport)).list()).items
  const before = await all()
  const rulesOf = (name: string) => before.find(({ metadata }) => metadata.name === name)?.['rules']
  for (const name of ['admin', 'edit', 'view']) expect(rulesOf(name)).toContainEqual(rule('view-more'))
  const running = runControllers(second, controllers, { environment: { aggregateRules } })
  const own = createClient(second.transport)
  await rolesOf(own).create(collecting('last', [`${group}/aggregate-to-view`]))
  await expect
    .poll(async () => ((await rolesOf(own).get('last'))['rules'] as unknown[] | null)?.length)
    .toBe((rulesOf('view') as unknown[]).length)
  expect(await all()).toEqual(expect.arrayContaining(before))
  await running.stop()
  expect(running.errors).toEqual([])
  await second.stop()
  await folder.remove()
})
