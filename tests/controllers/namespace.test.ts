import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { createTestAuthority, startExtensionServer } from '../aggregation/support.ts'

let controlPlane: TestControlPlane
let client: Client
let kubectl: Kubectl
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['*'] })
  client = createClient(controlPlane.transport)
  kubectl = await kubectlFor(controlPlane, 'newest')
})
afterAll(() => controlPlane.stop())

const namespaces = () => client.resource('v1', 'namespaces')
const gone = async (name: string) =>
  namespaces()
    .get(name)
    .then(
      () => false,
      (error: unknown) => error instanceof StatusError && error.code === 404,
    )
const conditionsOf = async (name: string) => {
  const { conditions = [] } = ((await namespaces().get(name))['status'] ?? {}) as { conditions?: KubeObject[] }
  return Object.fromEntries(conditions.map(({ type, status, reason, message }) => [type, { status, reason, message }]))
}

describe('a namespace that is deleted', () => {
  test('goes with everything in it, and kubectl waits for that', async () => {
    await kubectl('create', 'namespace', 'full')
    await kubectl('-n', 'full', 'create', 'configmap', 'one')
    await kubectl('-n', 'full', 'create', 'deployment', 'web', '--image=nginx')
    await kubectl('-n', 'full', 'create', 'role', 'r', '--verb=get', '--resource=pods')
    await kubectl('-n', 'full', 'run', 'pod', '--image=nginx')
    expect(await kubectl('delete', 'namespace', 'full', '--timeout=30s')).toBe('namespace "full" deleted\n')
    expect(await gone('full')).toBe(true)
    await kubectl('create', 'namespace', 'full')
    const left = (await client.resource('v1', 'configmaps').namespace('full').list()).items
    expect(left.map(({ metadata }) => metadata.name)).not.toContain('one')
  })

  test('waits for what finalizers keep, and says so', async () => {
    await namespaces().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } })
    const configMaps = client.resource('v1', 'configmaps').namespace('kept')
    await configMaps.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    })
    await configMaps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'free' } })
    await namespaces().delete('kept')
    await expect
      .poll(() => conditionsOf('kept'))
      .toEqual({
        NamespaceDeletionDiscoveryFailure: {
          status: 'False',
          reason: 'ResourcesDiscovered',
          message: 'All resources successfully discovered',
        },
        NamespaceDeletionGroupVersionParsingFailure: {
          status: 'False',
          reason: 'ParsedGroupVersions',
          message: 'All legacy kube types successfully parsed',
        },
        NamespaceDeletionContentFailure: {
          status: 'False',
          reason: 'ContentDeleted',
          message: 'All content successfully deleted, may be waiting on finalization',
        },
        NamespaceContentRemaining: {
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: 'Some resources are remaining: configmaps. has 1 resource instances',
        },
        NamespaceFinalizersRemaining: {
          status: 'True',
          reason: 'SomeFinalizerRemain',
          message: 'Some finalizers are remaining: example.com/hold in 1 resource instances',
        },
      })
    expect((await configMaps.list()).items.map(({ metadata }) => metadata.name)).toEqual(['held'])
    await configMaps.patch('held', { metadata: { finalizers: null } }, { type: 'merge' })
    await expect.poll(() => gone('kept'), { timeout: 30_000 }).toBe(true)
  })

  test('a finalizer of its own keeps it after its content is gone', async () => {
    await namespaces().create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'own', finalizers: ['example.com/hold'] },
    })
    await namespaces().delete('own')
    await expect.poll(async () => (await namespaces().get('own'))['spec']).toEqual({})
    await namespaces().patch('own', { metadata: { finalizers: null } }, { type: 'merge' })
    await expect.poll(() => gone('own')).toBe(true)
  })

  test('an API whose server is away is reported, and the rest is deleted all the same', async () => {
    const apiServices = client.resource('apiregistration.k8s.io/v1', 'apiservices')
    await apiServices.create({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.away.example.com' },
      spec: {
        group: 'away.example.com',
        version: 'v1',
        groupPriorityMinimum: 1000,
        versionPriority: 15,
        insecureSkipTLSVerify: true,
        service: { name: 'away', namespace: 'default' },
      },
    })
    await namespaces().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'blocked' } })
    const configMaps = client.resource('v1', 'configmaps').namespace('blocked')
    await configMaps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } })
    await namespaces().delete('blocked')
    await expect
      .poll(async () => (await conditionsOf('blocked'))['NamespaceDeletionDiscoveryFailure'])
      .toMatchObject({
        status: 'True',
        reason: 'DiscoveryFailed',
        message: expect.stringMatching(/^Discovery failed for some groups, 1 failing: .*away\.example\.com\/v1/),
      })
    expect((await configMaps.list()).items).toEqual([])
    await apiServices.delete('v1.away.example.com')
    await expect.poll(() => gone('blocked'), { timeout: 30_000 }).toBe(true)
  })
})

test('an unknown controller is refused by name', async () => {
  await expect(startTestControlPlane({ controllers: ['*', '-nobody'] })).rejects.toThrow(
    '"nobody" is not in the list of known controllers',
  )
})

describe('PAIN-1: while an aggregated server is down', () => {
  /** Registers a server that names one resource, has it looked at, and ends it. */
  async function registerAndEnd(group: string, resource: object): Promise<void> {
    const authority = await createTestAuthority('extension-ca')
    const server = await startExtensionServer({
      certificate: await authority.issue({ commonName: 'api', usage: 'server', names: ['127.0.0.1'] }),
      handle(request, answer) {
        answer.setHeader('content-type', 'application/json')
        answer.statusCode = request.url === `/apis/${group}/v1` ? 200 : 404
        const resources = [{ name: 'things', singularName: 'thing', kind: 'Thing', namespaced: true, ...resource }]
        answer.end(JSON.stringify({ kind: 'APIResourceList', groupVersion: `${group}/v1`, resources }))
      },
    })
    await apiServices().create({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: {
        name: `v1.${group}`,
        annotations: { 'aggregation.fairlead.dev/url': `https://127.0.0.1:${server.port}` },
      },
      spec: {
        group,
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { namespace: 'demo', name: 'api' },
        caBundle: Buffer.from(authority.certificate).toString('base64'),
      },
    })
    const isStale = async () => (await client.discovery.refresh()).failures.has(`${group}/v1`)
    const knows = async () => (await client.discovery.refresh()).resources.some((found) => found.group === group)
    await expect.poll(async () => (await knows()) && !(await isStale()), { timeout: 30_000 }).toBe(true)
    await server.close()
    // A change of the APIService is looked at once.
    await apiServices().patch(`v1.${group}`, { spec: { versionPriority: 99 } }, { type: 'merge' })
    await expect.poll(isStale, { timeout: 30_000 }).toBe(true)
  }
  const apiServices = () => client.resource('apiregistration.k8s.io/v1', 'apiservices')

  test.each<[string, object]>([
    ['metrics', { verbs: ['get', 'list'] }],
    ['reviews', { verbs: ['create'] }],
    ['machines', { namespaced: false, verbs: ['delete', 'get', 'list'] }],
  ])('a namespace goes when the server had nothing to delete in it: %s', async (name, resource) => {
    const group = `${name}.example.com`
    await registerAndEnd(group, resource)
    await namespaces().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `without-${name}` } })
    await namespaces().delete(`without-${name}`)
    await expect.poll(() => gone(`without-${name}`), { timeout: 30_000 }).toBe(true)
    await apiServices().delete(`v1.${group}`)
  })

  test('CLI-4: a namespace waits when it may hold something, and says for what', async () => {
    const group = 'stored.example.com'
    await registerAndEnd(group, { verbs: ['create', 'delete', 'get', 'list'] })
    await namespaces().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'waiting' } })
    await namespaces().delete('waiting')
    await expect
      .poll(async () => (await conditionsOf('waiting'))['NamespaceDeletionDiscoveryFailure'], { timeout: 30_000 })
      .toEqual({
        status: 'True',
        reason: 'DiscoveryFailed',
        message: `Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: ${group}/v1: stale GroupVersion discovery: ${group}/v1`,
      })
    await apiServices().delete(`v1.${group}`)
    await expect.poll(() => gone('waiting'), { timeout: 60_000 }).toBe(true)
  })
})
