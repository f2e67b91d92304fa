import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

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
