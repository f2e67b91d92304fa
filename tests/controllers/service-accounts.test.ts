import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const controllers = ['serviceaccount']

let controlPlane: TestControlPlane
let client: Client
let kubectl: Kubectl
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers })
  client = createClient(controlPlane.transport)
  kubectl = await kubectlFor(controlPlane, 'newest')
})
afterAll(() => controlPlane.stop())

const namespaces = () => client.resource('v1', 'namespaces')
const accounts = (namespace: string) => client.resource('v1', 'serviceaccounts').namespace(namespace)
const namesIn = async (namespace: string) =>
  (await accounts(namespace).list()).items.map(({ metadata }) => metadata.name)
const makeNamespace = (name: string) => namespaces().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

test('every namespace has one, those that the server makes included', async () => {
  await makeNamespace('one')
  for (const namespace of ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'one']) {
    await expect.poll(() => namesIn(namespace)).toEqual(['default'])
  }
  expect(await kubectl('get', 'sa', '-n', 'one', '-o', 'custom-columns=NAME:.metadata.name')).toBe('NAME\ndefault\n')
})

test('one that is deleted comes again; others stay away, and edits stay', async () => {
  await makeNamespace('two')
  await expect.poll(() => namesIn('two')).toEqual(['default'])
  await accounts('two').create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'other' } })
  await accounts('two').patch('default', { metadata: { labels: { a: 'b' } } }, { type: 'merge' })
  await accounts('two').delete('other')
  const { uid, labels } = (await accounts('two').get('default')).metadata
  expect(labels).toEqual({ a: 'b' })
  await accounts('two').delete('default')
  await expect.poll(() => namesIn('two')).toEqual(['default'])
  expect((await accounts('two').get('default')).metadata.uid).not.toBe(uid)
})

test('a namespace that is being deleted gets none', async () => {
  await makeNamespace('three')
  await expect.poll(() => namesIn('three')).toEqual(['default'])
  await namespaces().delete('three')
  await accounts('three').delete('default')
  await makeNamespace('after-three')
  await expect.poll(() => namesIn('after-three')).toEqual(['default'])
  expect(await namesIn('three')).toEqual([])
})

test('a restart writes nothing, and catches up', async () => {
  const folder = await temporaryFolder()
  const start = async (list: readonly string[]) => {
    const server = await startTestControlPlane({ controllers: list, storage: 'lmdb', dataDir: folder.path })
    return { server, all: () => createClient(server.transport).resource('v1', 'serviceaccounts').list() }
  }
  const states = async ({ all }: Awaited<ReturnType<typeof start>>) =>
    (await all()).items.map(({ metadata }) => `${metadata.namespace} ${metadata.resourceVersion}`)
  const first = await start(controllers)
  await expect.poll(() => states(first)).toHaveLength(4)
  const before = await states(first)
  await first.server.stop()
  const bare = await start([])
  await createClient(bare.server.transport)
    .resource('v1', 'namespaces')
    .create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'late' } })
  expect(await states(bare)).toEqual(before)
  await bare.server.stop()
  const second = await start(controllers)
  await expect.poll(() => states(second)).toHaveLength(5)
  expect(await states(second)).toEqual(expect.arrayContaining(before))
  await second.server.stop()
  await folder.remove()
})
