import { setMaxListeners } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import { type ConnectedClient, connectTo, connectToCluster } from '@fairlead/client/node'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const Flunder = defineKind({
  group: 'wardle.example.com',
  version: 'v1alpha1',
  kind: 'Flunder',
  namespaced: true,
  schema: s.object({ spec: s.object({ reference: s.optional(s.string()) }), status: s.object({}) }),
  columns: [{ name: 'Reference', path: '.spec.reference' }],
})
const name = 'v1alpha1.wardle.example.com'
const path = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders'
const apiServices = () => main.client.resource('apiregistration.k8s.io/v1', 'apiservices')
const flunders = () => main.client.resource('wardle.example.com/v1alpha1', 'flunders').namespace('default')

let controlPlane: TestControlPlane
let main: ConnectedClient
let kubectl: Kubectl
let folder: string
let server: RunningServer

/** Waits until the main server has found the extension server well. */
async function available(): Promise<void> {
  for await (const { object } of apiServices().watch({ fieldSelector: `metadata.name=${name}` })) {
    const { conditions = [] } = ((object as KubeObject)['status'] ?? {}) as {
      readonly conditions?: readonly { readonly status: string }[]
    }
    if (conditions[0]?.status === 'True') return
  }
}

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  main = await connectToCluster({ path: controlPlane.kubeconfig })
  kubectl = await kubectlFor(controlPlane, 'newest')
  folder = await mkdtemp(join(tmpdir(), 'fairlead-serve-'))
  server = await serve({ kinds: [Flunder], kubeconfig: controlPlane.kubeconfig, storage: `lmdb:${folder}` })
  await available()
})
afterAll(async () => {
  await server.stop()
  main.close()
  await controlPlane.stop()
  await rm(folder, { recursive: true })
})

describe('a served kind is part of the main server', () => {
  test('kubectl creates, lists, explains and deletes it as any other', async () => {
    expect(await kubectl('api-versions')).toContain('wardle.example.com/v1alpha1')
    const flunder = {
      apiVersion: 'wardle.example.com/v1alpha1',
      kind: 'Flunder',
      metadata: { name: 'sample' },
      spec: { reference: 'r' },
    }
    expect(await kubectl.withInput(JSON.stringify(flunder), 'create', '-f', '-')).toBe(
      'flunder.wardle.example.com/sample created\n',
    )
    expect(await kubectl('get', 'flunder')).toMatch(/^NAME\s+REFERENCE\s+CREATED AT\nsample\s+r\s+/)
    expect(await kubectl('explain', 'flunder.spec')).toContain('reference\t<string>')
    expect(await kubectl('delete', 'flunder', 'sample')).toContain('deleted')
    expect((await kubectl.run(['get', 'flunder'])).stderr).toBe('No resources found in default namespace.\n')
  })

  test('kubectl applies, waits for, describes and edits it', async () => {
    const flunder = (reference: string) =>
      JSON.stringify({
        apiVersion: 'wardle.example.com/v1alpha1',
        kind: 'Flunder',
        metadata: { name: 'applied' },
        spec: { reference },
      })
    expect(await kubectl.withInput(flunder('one'), 'apply', '-f', '-')).toContain('created')
    expect(await kubectl.withInput(flunder('one'), 'apply', '-f', '-')).toContain('unchanged')
    expect(await kubectl.withInput(flunder('two'), 'apply', '-f', '-')).toContain('configured')
    const waiting = kubectl('wait', 'flunder/applied', '--for=jsonpath={.spec.reference}=three', '--timeout=30s')
    const editor = { KUBE_EDITOR: "sed -i 's/reference: two/reference: three/'" }
    expect(await kubectl.run(['edit', 'flunder', 'applied'], { env: editor })).toMatchObject({
      code: 0,
      stdout: 'flunder.wardle.example.com/applied edited\n',
    })
    expect(await waiting).toBe('flunder.wardle.example.com/applied condition met\n')
    expect(await kubectl('describe', 'flunder', 'applied')).toMatch(/Reference:\s+three/)
    await kubectl('delete', 'flunder', 'applied')
  })

  test('its rules answer through the aggregator', async () => {
    const bad = {
      apiVersion: 'wardle.example.com/v1alpha1',
      kind: 'Flunder',
      metadata: { name: 'bad' },
      spec: { reference: 1 },
    }
    await expect(flunders().create(bad)).rejects.toMatchObject({ code: 400 })
    const elsewhere = main.client.resource('wardle.example.com/v1alpha1', 'flunders').namespace('nowhere')
    await expect(elsewhere.create({ ...bad, spec: {} })).rejects.toMatchObject({
      code: 404,
      message: 'namespaces "nowhere" not found',
    })
  })

  test('a watch goes through', async () => {
    const ending = new AbortController()
    const watch = flunders().watch({ signal: ending.signal })[Symbol.asyncIterator]()
    await flunders().create({
      apiVersion: 'wardle.example.com/v1alpha1',
      kind: 'Flunder',
      metadata: { name: 'seen' },
      spec: {},
    })
    expect((await watch.next()).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'seen' } } })
    ending.abort()
    const shown = kubectl.follow('get', 'flunders', '--watch', '--output-watch-events', '--no-headers')
    expect(await shown.next()).toMatch(/^ADDED +seen +/)
    await flunders().patch('seen', { spec: { reference: 'other' } }, { type: 'merge' })
    expect(await shown.next()).toMatch(/^MODIFIED +seen +other +/)
    await flunders().delete('seen')
    expect(await shown.next()).toMatch(/^DELETED +seen +/)
    await shown.stop()
  })
})

test('a thousand watches through the aggregator see the same change', async () => {
  const connections = await Promise.all(
    Array.from({ length: 20 }, () => connectToCluster({ path: controlPlane.kubeconfig })),
  )
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)
  const from = (await flunders().list()).metadata.resourceVersion ?? ''
  const seen = connections.flatMap(({ client }) =>
    Array.from({ length: 50 }, async () => {
      const watched = client.resource('wardle.example.com/v1alpha1', 'flunders').namespace('default')
      for await (const { object } of watched.watch({ resourceVersion: from, signal: ending.signal })) {
        return (object as KubeObject).metadata.name
      }
      return undefined
    }),
  )
  await flunders().create({
    apiVersion: 'wardle.example.com/v1alpha1',
    kind: 'Flunder',
    metadata: { name: 'popular' },
    spec: {},
  })
  expect(new Set(await Promise.all(seen))).toEqual(new Set(['popular']))
  ending.abort()
  for (const connection of connections) connection.close()
  await flunders().delete('popular')
})

describe('who is let in', () => {
  /** Calls the extension server itself, past the aggregator. */
  const directly = async (access: object) => {
    const connected = connectTo({
      server: server.url,
      certificateAuthority: server.authority,
      namespace: 'default',
      ...access,
    })
    try {
      return await connected.client.request<object>({ path })
    } catch (error) {
      return error
    } finally {
      connected.close()
    }
  }

  test('a token of the main server, with what RBAC allows its owner', async () => {
    await kubectl('create', 'serviceaccount', 'reader')
    const token = (await kubectl('create', 'token', 'reader')).trim()
    expect(await directly({ token })).toMatchObject({
      code: 403,
      message:
        'flunders.wardle.example.com is forbidden: User "system:serviceaccount:default:reader" cannot list resource "flunders" in API group "wardle.example.com" in the namespace "default"',
    })
    await kubectl('create', 'serviceaccount', 'writer')
    await kubectl('create', 'clusterrole', 'flunders', '--verb=list', '--resource=flunders.wardle.example.com')
    await kubectl(
      'create',
      'clusterrolebinding',
      'flunders',
      '--clusterrole=flunders',
      '--serviceaccount=default:writer',
    )
    const allowed = (await kubectl('create', 'token', 'writer')).trim()
    expect(await directly({ token: allowed })).toMatchObject({ kind: 'FlunderList' })
  })

  test('nobody with a wrong token, and strangers as anonymous', async () => {
    const wrong = await directly({ token: 'wrong' })
    expect(wrong).toBeInstanceOf(StatusError)
    expect(wrong).toMatchObject({ code: 401 })
    expect(await directly({})).toMatchObject({ code: 403, message: expect.stringContaining('system:anonymous') })
  })
})

test('a server that starts again keeps its objects and takes its APIService over', async () => {
  await flunders().create({
    apiVersion: 'wardle.example.com/v1alpha1',
    kind: 'Flunder',
    metadata: { name: 'kept' },
    spec: {},
  })
  const before = (await apiServices().get(name))['spec'] as { caBundle: string }
  await server.stop()
  server = await serve({ kinds: [Flunder], kubeconfig: controlPlane.kubeconfig, storage: `lmdb:${folder}` })
  expect(((await apiServices().get(name))['spec'] as { caBundle: string }).caBundle).not.toBe(before.caBundle)
  await expect
    .poll(
      async () =>
        flunders()
          .get('kept')
          .catch((error: Error) => error.message),
      { timeout: 20_000 },
    )
    .toMatchObject({ metadata: { name: 'kept' } })
})

test('without rights to the ConfigMap the start is refused with what to do', async () => {
  await kubectl('create', 'serviceaccount', 'powerless')
  const token = (await kubectl('create', 'token', 'powerless')).trim()
  const path = join(folder, 'kubeconfig')
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '-o', 'json'))
  config.users[0].user = { token }
  await writeFile(path, JSON.stringify(config))
  await expect(serve({ kinds: [Flunder], kubeconfig: path })).rejects.toThrow(
    'kubectl create rolebinding -n kube-system ROLEBINDING_NAME --role=extension-apiserver-authentication-reader',
  )
})
