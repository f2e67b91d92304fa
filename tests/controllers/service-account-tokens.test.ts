import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { requestAs } from '../support/request-as.ts'
import { runControllers } from '../support/run-controllers.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { tokenParts } from '../support/tokens.ts'

const nameKey = 'kubernetes.io/service-account.name'
const uidKey = 'kubernetes.io/service-account.uid'
const type = 'kubernetes.io/service-account-token'

let controlPlane: TestControlPlane
let client: Client
let admin: HttpsClient
let kubectl: Kubectl
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['serviceaccount-token', 'root-ca-cert-publisher'] })
  client = createClient(controlPlane.transport)
  admin = await httpsClient(controlPlane.kubeconfig)
  kubectl = await kubectlFor(controlPlane, 'newest')
})
afterAll(async () => {
  admin.close()
  await controlPlane.stop()
})

const secrets = () => client.resource('v1', 'secrets').namespace('default')
const accounts = () => client.resource('v1', 'serviceaccounts').namespace('default')
const makeAccount = (name: string, more: object = {}) =>
  accounts().create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, ...more })
const makeSecret = (name: string, annotations: Record<string, string>, more: object = {}) =>
  secrets().create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, annotations }, type, ...more })
const textOf = (secret: KubeObject, key: string) =>
  Buffer.from(String((secret['data'] as JsonObject | undefined)?.[key] ?? ''), 'base64').toString()
const keysOf = async (name: string) => Object.keys(((await secrets().get(name))['data'] as object | undefined) ?? {})
const filled = async (name: string) => {
  await expect.poll(() => keysOf(name)).toEqual(expect.arrayContaining(['ca.crt', 'namespace', 'token']))
  return await secrets().get(name)
}
const secretNames = async () => (await secrets().list()).items.map(({ metadata }) => metadata.name)
const use = (token: string) =>
  requestAs(admin.credentials, undefined, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    body: {},
    headers: [['authorization', `Bearer ${token}`]],
  })

describe('a Secret for a token', () => {
  test('is filled, and its token is good for as long as it stands there', async () => {
    const uid = (await makeAccount('robot')).metadata.uid ?? ''
    await makeSecret('robot-token', { [nameKey]: 'robot' })
    const secret = await filled('robot-token')
    expect(secret.metadata.annotations).toEqual({ [nameKey]: 'robot', [uidKey]: uid })
    expect(textOf(secret, 'namespace')).toBe('default')
    expect(textOf(secret, 'ca.crt')).toBe(admin.credentials.ca.toString())
    const token = textOf(secret, 'token')
    const { header, claims } = tokenParts(token)
    expect(header).toEqual({ alg: 'ES256', kid: expect.stringMatching(/^[\w-]{43}$/) })
    expect(JSON.stringify(claims)).toBe(
      JSON.stringify({
        iss: 'kubernetes/serviceaccount',
        'kubernetes.io/serviceaccount/namespace': 'default',
        'kubernetes.io/serviceaccount/secret.name': 'robot-token',
        'kubernetes.io/serviceaccount/service-account.name': 'robot',
        'kubernetes.io/serviceaccount/service-account.uid': uid,
        sub: 'system:serviceaccount:default:robot',
      }),
    )
    const answer = await use(token)
    expect(answer.json.status).toMatchObject({
      userInfo: { username: 'system:serviceaccount:default:robot', uid },
    })
    await secrets().delete('robot-token')
    expect((await use(token)).status).toBe(401)
  })

  test('kubectl shows it', async () => {
    await makeAccount('shown')
    await kubectl.withInput(
      `{"apiVersion":"v1","kind":"Secret","type":"${type}","metadata":{"name":"shown","annotations":{"${nameKey}":"shown"}}}`,
      'create',
      '-f',
      '-',
    )
    await filled('shown')
    expect(await kubectl('describe', 'secret', 'shown')).toMatch(/namespace: {2}7 bytes\ntoken: {6}eyJ/)
  })

  test.each<[string, JsonObject, readonly string[]]>([
    ['a token of somebody else', { token: 'eA==' }, ['token']],
    ['more keys', { more: 'eA==' }, ['more']],
    ['another namespace', { namespace: 'eA==' }, ['namespace']],
  ])('%s in it stays', async (what, data, kept) => {
    const name = what.replaceAll(' ', '-')
    await makeAccount(name)
    await makeSecret(name, { [nameKey]: name }, { data })
    const found = (await filled(name))['data'] as JsonObject
    for (const key of kept) expect(found[key]).toBe(data[key])
  })

  test.each<[string, JsonObject]>([
    ['ca.crt', { 'ca.crt': 'eA==' }],
    ['ca.crt', { 'ca.crt': null }],
    ['token', { token: null }],
    ['namespace', { namespace: null }],
    ['token', { 'ca.crt': null, token: null, namespace: null }],
  ])('what somebody takes out of it comes again: %s', async (key, data) => {
    await makeAccount('again').catch(() => undefined)
    await makeSecret('again', { [nameKey]: 'again' }).catch(() => undefined)
    const before = textOf(await filled('again'), key)
    await secrets().patch('again', { data }, { type: 'merge' })
    // A signature is never the same again, what is signed is.
    const content = (text: string) => text.split('.').slice(0, 2)
    await expect.poll(async () => content(textOf(await secrets().get('again'), key))).toEqual(content(before))
    await filled('again')
  })

  test('of nobody, or of another type, stays as it is', async () => {
    await makeAccount('bystander')
    await makeSecret('opaque', { [nameKey]: 'bystander' }, { type: 'Opaque' })
    await makeSecret('nobodys', {})
    await makeSecret('bystanders', { [nameKey]: 'bystander' })
    await filled('bystanders')
    expect([await keysOf('opaque'), await keysOf('nobodys')]).toEqual([[], []])
  })
})

describe('a ServiceAccount that is gone', () => {
  test('takes its Secrets with it, and no others', async () => {
    await makeAccount('leaving')
    await makeAccount('staying')
    await makeSecret('leaving-1', { [nameKey]: 'leaving' })
    await makeSecret('leaving-2', { [nameKey]: 'leaving' })
    await makeSecret('staying-1', { [nameKey]: 'staying' })
    for (const name of ['leaving-1', 'leaving-2', 'staying-1']) await filled(name)
    await accounts().delete('leaving')
    await expect.poll(secretNames).not.toContain('leaving-1')
    await expect.poll(secretNames).not.toContain('leaving-2')
    expect(await secretNames()).toContain('staying-1')
  })

  test('also when another one has its name', async () => {
    await makeAccount('renewed')
    await makeSecret('renewed', { [nameKey]: 'renewed' })
    await filled('renewed')
    await accounts().delete('renewed')
    await makeAccount('renewed')
    await expect.poll(secretNames).not.toContain('renewed')
  })

  test.each([
    ['no such account', { [nameKey]: 'never' }],
    ['another uid', { [nameKey]: 'other-uid', [uidKey]: 'x' }],
  ])('a new Secret for it goes at once: %s', async (what, annotations) => {
    const name = what.replaceAll(' ', '-')
    await makeAccount('other-uid').catch(() => undefined)
    await makeSecret(name, annotations)
    await expect.poll(secretNames).not.toContain(name)
  })
})

test('a Secret that is deleted is taken out of its ServiceAccount', async () => {
  const references = async () => (await accounts().get('referring'))['secrets']
  await makeAccount('referring', { secrets: [{ name: 'referred-1' }, { name: 'elsewhere' }, { name: 'referred-2' }] })
  await makeSecret('referred-1', { [nameKey]: 'referring' })
  await makeSecret('referred-2', { [nameKey]: 'referring' })
  for (const name of ['referred-1', 'referred-2']) await filled(name)
  await secrets().delete('referred-1')
  await expect.poll(references).toEqual([{ name: 'elsewhere' }, { name: 'referred-2' }])
  await secrets().delete('referred-2')
  await expect.poll(references).toEqual([{ name: 'elsewhere' }])
})

test('what clients trust is changed everywhere; a second run writes nothing', async () => {
  const bare = await startTestControlPlane()
  const bareClient = createClient(bare.transport)
  const all = () => bareClient.resource('v1', 'secrets').list()
  let [pem, hear] = ['first', () => {}]
  const rootCa = {
    current: () => pem,
    onChange(listener: () => void) {
      hear = listener
      return () => {}
    },
  }
  const environment = { rootCa, issueSecretToken: async () => 'token' }
  const first = runControllers(bare, ['serviceaccount-token'], { environment })
  for (const name of ['one', 'two']) {
    const metadata = { namespace: 'default', name }
    await bareClient.resource('v1', 'serviceaccounts').create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    const annotations = { [nameKey]: name }
    await bareClient
      .resource('v1', 'secrets')
      .create({ apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, annotations }, type })
  }
  const cas = async () => (await all()).items.map((secret) => textOf(secret, 'ca.crt'))
  await expect.poll(cas).toEqual(['first', 'first'])
  pem = 'second'
  hear()
  await expect.poll(cas).toEqual(['second', 'second'])
  await first.stop()
  const before = (await all()).items
  const second = runControllers(bare, ['serviceaccount-token'], { environment })
  const metadata = { namespace: 'default', name: 'last', annotations: { [nameKey]: 'one' } }
  await bareClient.resource('v1', 'secrets').create({ apiVersion: 'v1', kind: 'Secret', metadata, type })
  await expect.poll(async () => (await cas()).filter((ca) => ca === 'second')).toHaveLength(3)
  expect((await all()).items).toEqual(expect.arrayContaining(before))
  await second.stop()
  expect([...first.errors, ...second.errors]).toEqual([])
  await bare.stop()
})

describe('tokens as up to 1.23', () => {
  let legacy: TestControlPlane
  let legacyClient: Client
  beforeAll(async () => {
    legacy = await startTestControlPlane({
      controllers: ['serviceaccount', 'serviceaccount-token', 'namespace'],
      legacyServiceAccountTokens: true,
    })
    legacyClient = createClient(legacy.transport)
  })
  afterAll(() => legacy.stop())
  const account = (namespace: string, name: string) =>
    legacyClient.resource('v1', 'serviceaccounts').namespace(namespace).get(name)
  const referred = async (namespace: string, name: string) => {
    const { secrets: list = [] } = (await account(namespace, name)) as { secrets?: { name: string }[] }
    return list.map((reference) => reference.name)
  }
  const tokensIn = async (namespace: string) =>
    (await legacyClient.resource('v1', 'secrets').namespace(namespace).list()).items

  test('every ServiceAccount has one, which its `secrets` names', async () => {
    for (const namespace of ['default', 'kube-system']) {
      await expect.poll(() => referred(namespace, 'default').catch(() => [])).toHaveLength(1)
      const [secret, ...more] = await tokensIn(namespace)
      expect(more).toEqual([])
      expect(secret?.metadata.name).toMatch(/^default-token-[a-z0-9]{5}$/)
      expect(await referred(namespace, 'default')).toEqual([secret?.metadata.name])
      expect(Object.keys(secret?.['data'] as object).sort()).toEqual(['ca.crt', 'namespace', 'token'])
    }
  })

  test('another one when it is deleted; both go with the ServiceAccount', async () => {
    const all = legacyClient.resource('v1', 'serviceaccounts').namespace('default')
    await all.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
    await expect.poll(() => referred('default', 'robot')).toHaveLength(1)
    const [before = ''] = await referred('default', 'robot')
    await legacyClient.resource('v1', 'secrets').namespace('default').delete(before)
    await expect.poll(() => referred('default', 'robot')).toEqual([expect.not.stringMatching(before)])
    await all.delete('robot')
    await expect
      .poll(async () => (await tokensIn('default')).map(({ metadata }) => metadata.name))
      .toEqual([expect.stringMatching(/^default-token-/)])
  })

  test('a namespace with them can be deleted', async () => {
    const namespaces = legacyClient.resource('v1', 'namespaces')
    await namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' } })
    await expect.poll(() => referred('short', 'default').catch(() => [])).toHaveLength(1)
    await namespaces.delete('short')
    await expect
      .poll(async () => (await namespaces.list()).items.map(({ metadata }) => metadata.name))
      .not.toContain('short')
  })

  test('one that has others keeps them', async () => {
    await legacyClient.resource('v1', 'serviceaccounts').create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: 'kube-public', name: 'puller' },
      secrets: [{ name: 'registry' }],
    })
    await expect
      .poll(() => referred('kube-public', 'puller'))
      .toEqual(['registry', expect.stringMatching(/^puller-token-/)])
  })
})
