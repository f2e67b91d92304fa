import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCredentials } from '../support/kubeconfig-credentials.ts'
import { runControllers } from '../support/run-controllers.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const name = 'kube-root-ca.crt'
const controllers = ['root-ca-cert-publisher']

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers })
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

const namespaces = () => client.resource('v1', 'namespaces')
const configMaps = (namespace: string) => client.resource('v1', 'configmaps').namespace(namespace)
const namesIn = async (namespace: string) =>
  (await configMaps(namespace).list()).items.map(({ metadata }) => metadata.name)
const makeNamespace = async (namespace: string) => {
  await namespaces().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  for await (const { type, object } of configMaps(namespace).watch()) {
    if (type === 'ADDED' && object.metadata.name === name) return
  }
}

test('every namespace has what the kubeconfig trusts the server by', async () => {
  await makeNamespace('one')
  const { metadata, ...rest } = await configMaps('one').get(name)
  expect(rest).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { 'ca.crt': (await readCredentials(controlPlane.kubeconfig)).ca.toString() },
  })
  expect(metadata.annotations).toEqual({
    'kubernetes.io/description':
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
  })
  for (const namespace of ['default', 'kube-public', 'kube-node-lease']) {
    await expect.poll(() => namesIn(namespace)).toContain(name)
  }
})

describe('what others do to it', () => {
  const good: { data?: unknown; annotations?: unknown } = {}
  beforeAll(async () => {
    await makeNamespace('two')
    const { data, metadata } = await configMaps('two').get(name)
    Object.assign(good, { data, annotations: metadata.annotations })
  })
  const state = async () => {
    const found: KubeObject | undefined = (await configMaps('two').list()).items[0]
    return { data: found?.['data'], annotations: found?.metadata.annotations }
  }

  test.each<[string, object]>([
    ['other data', { data: { 'ca.crt': 'x' } }],
    ['more data', { data: { more: 'x' } }],
    ['no data', { data: null }],
    ['no annotation', { metadata: { annotations: null } }],
    ['an empty annotation', { metadata: { annotations: { 'kubernetes.io/description': '' } } }],
  ])('%s is put right', async (_what, patch) => {
    await configMaps('two').patch(name, patch, { type: 'merge' })
    await expect.poll(state).toEqual(good)
  })

  test('a deletion is made up for', async () => {
    await configMaps('two').delete(name)
    await expect.poll(state).toEqual(good)
  })

  test('labels and a description of one’s own stay', async () => {
    const metadata = { labels: { a: 'b' }, annotations: { 'kubernetes.io/description': 'ours', own: 'x' } }
    await configMaps('two').patch(name, { metadata, data: { 'ca.crt': 'x' } }, { type: 'merge' })
    await expect.poll(async () => (await state()).data).toEqual(good.data)
    expect((await configMaps('two').get(name)).metadata).toMatchObject({
      labels: metadata.labels,
      annotations: { ...(good.annotations as object), own: 'x' },
    })
  })
})

test('a namespace that is being deleted is left alone', async () => {
  await makeNamespace('three')
  await namespaces().delete('three')
  await configMaps('three').delete(name)
  await makeNamespace('after-three')
  expect(await namesIn('three')).toEqual([])
})

test('a certificate of somebody else is what clients trust', async () => {
  const pki = join(controlPlane.folder, 'pki')
  const [certificate, key] = await Promise.all(
    ['apiserver.crt', 'apiserver.key'].map((file) => readFile(join(pki, file), 'utf8')),
  )
  const server = await startTestControlPlane({
    controllers,
    serverCertificate: { certificate: certificate ?? '', key: key ?? '' },
  })
  const found = async () =>
    (await createClient(server.transport).resource('v1', 'configmaps').namespace('default').get(name))['data']
  await expect.poll(() => found().catch(() => undefined)).toEqual({ 'ca.crt': certificate })
  expect((await readCredentials(server.kubeconfig)).ca.toString()).toBe(certificate)
  await server.stop()
})

test('what clients trust changes while the controller runs', async () => {
  const bare = await startTestControlPlane()
  let [pem, hear] = ['first', () => {}]
  const rootCa = {
    current: () => pem,
    onChange(listener: () => void) {
      hear = listener
      return () => {}
    },
  }
  const running = runControllers(bare, controllers, { environment: { rootCa } })
  const published = async () => {
    const found = await createClient(bare.transport).resource('v1', 'configmaps').list()
    return found.items.filter(({ metadata }) => metadata.name === name).map(({ data }) => data)
  }
  const everywhere = () => Array.from({ length: 4 }, () => ({ 'ca.crt': pem }))
  await expect.poll(published).toEqual(everywhere())
  pem = 'second'
  hear()
  await expect.poll(published).toEqual(everywhere())
  await running.stop()
  expect(running.errors).toEqual([])
  await bare.stop()
})

test('where nobody says what clients trust, the others run', async () => {
  const bare = await startTestControlPlane()
  const running = runControllers(bare, ['*'])
  const accounts = () => createClient(bare.transport).resource('v1', 'serviceaccounts').list()
  await expect.poll(async () => (await accounts()).items.length).toBeGreaterThanOrEqual(4)
  await running.stop()
  await bare.stop()
})
