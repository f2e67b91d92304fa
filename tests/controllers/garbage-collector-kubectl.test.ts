import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Release } from '../support/command-line-tools.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const releases: readonly Release[] = ['newest', 'oldest']

describe.each(releases)('%s kubectl', (release) => {
  let controlPlane: TestControlPlane
  let client: Client
  let kubectl: Kubectl
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
    client = createClient(controlPlane.transport)
    kubectl = await kubectlFor(controlPlane, release)
  })
  afterAll(() => controlPlane.stop())

  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  }
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template }

  /** A Deployment, its ReplicaSet and that one's Pod, as controllers make them. */
  async function createWeb(namespace: string): Promise<void> {
    await kubectl('create', 'namespace', namespace)
    const create = async (apiVersion: string, plural: string, object: Omit<KubeObject, 'apiVersion'>) =>
      client
        .resource(apiVersion, plural)
        .namespace(namespace)
        .create({ apiVersion, ...object } as KubeObject)
    const owner = ({ apiVersion, kind, metadata }: KubeObject) => [
      { apiVersion, kind, name: 'web', uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true },
    ]
    const labels = { app: 'web' }
    const metadata = { name: 'web', labels }
    const deployment = await create('apps/v1', 'deployments', { kind: 'Deployment', metadata, spec })
    const replicaSet = await create('apps/v1', 'replicasets', {
      kind: 'ReplicaSet',
      metadata: { ...metadata, ownerReferences: owner(deployment) },
      spec,
    })
    await create('v1', 'pods', {
      kind: 'Pod',
      metadata: { ...metadata, ownerReferences: owner(replicaSet) },
      spec: template.spec,
    })
  }
  const left = async (namespace: string) =>
    (await kubectl('-n', namespace, 'get', 'deployments,replicasets,pods', '-o', 'name', '--sort-by=.kind'))
      .split('\n')
      .filter(Boolean)
      .sort()

  test('delete --cascade=background', async () => {
    await createWeb('background')
    expect(await kubectl('-n', 'background', 'delete', 'deployment', 'web')).toMatch(/^deployment.apps "web" deleted/)
    await kubectl('-n', 'background', 'wait', '--for=delete', 'pod/web', '--timeout=30s')
    expect(await left('background')).toEqual([])
  })

  test('delete --cascade=foreground returns when everything is gone', async () => {
    await createWeb('foreground')
    const command = [
      '-n',
      'foreground',
      'delete',
      'deployment',
      'web',
      '--cascade=foreground',
      '--wait',
      '--timeout=30s',
    ]
    expect(await kubectl(...command)).toMatch(/^deployment.apps "web" deleted/)
    expect(await left('foreground')).toEqual([])
  })

  test('delete --cascade=foreground waits for a pod that is held', async () => {
    await createWeb('held')
    const hold = (finalizers: string) => ['-n', 'held', 'patch', 'pod', 'web', '--type=merge', '-p', finalizers]
    await kubectl(...hold('{"metadata":{"finalizers":["example.com/hold"]}}'))
    await kubectl('-n', 'held', 'delete', 'deployment', 'web', '--cascade=foreground', '--wait=false')
    const deleting = async () =>
      kubectl('-n', 'held', 'get', 'pod', 'web', '-o', 'jsonpath={.metadata.deletionTimestamp}')
    await expect.poll(deleting).not.toBe('')
    expect(await left('held')).toEqual(['deployment.apps/web', 'pod/web', 'replicaset.apps/web'])
    await kubectl(...hold('{"metadata":{"finalizers":null}}'))
    await kubectl('-n', 'held', 'wait', '--for=delete', 'deployment/web', '--timeout=30s')
    expect(await left('held')).toEqual([])
  })

  test('delete --cascade=orphan leaves the rest without an owner', async () => {
    await createWeb('orphan')
    const command = ['-n', 'orphan', 'delete', 'deployment', 'web', '--cascade=orphan', '--wait', '--timeout=30s']
    expect(await kubectl(...command)).toMatch(/^deployment.apps "web" deleted/)
    expect(await left('orphan')).toEqual(['pod/web', 'replicaset.apps/web'])
    const owners = (of: string) =>
      kubectl('-n', 'orphan', 'get', of, '-o', 'jsonpath={.metadata.ownerReferences[*].kind}')
    expect([await owners('replicaset/web'), await owners('pod/web')]).toEqual(['', 'ReplicaSet'])
    await kubectl('-n', 'orphan', 'delete', 'replicaset', 'web', '--cascade=orphan')
    expect([await left('orphan'), await owners('pod/web')]).toEqual([['pod/web'], ''])
  })

  test('delete -l with --cascade=foreground', async () => {
    await createWeb('selected')
    await kubectl('-n', 'selected', 'delete', 'deployments', '-l', 'app=web', '--cascade=foreground', '--timeout=30s')
    expect(await left('selected')).toEqual([])
  })
})
