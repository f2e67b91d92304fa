import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import type { Lease } from '@fairlead/controller-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ControllersProcess, startControllersProcess } from '../tests/support/controllers-process.ts'
import { kubeconfigWithToken } from '../tests/support/kubeconfig-with-token.ts'
import { temporaryFolder } from '../tests/support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'
import { type WatchedProcess, watchProcess } from '../tests/support/watch-process.ts'
import { prepared } from './run-checks.ts'

const program = prepared['kube-controller-manager']?.[0]
const manager = 'system:kube-controller-manager'
const election = [
  '--leader-elect-lease-duration=5s',
  '--leader-elect-renew-deadline=4s',
  '--leader-elect-retry-period=1s',
]

describe.skipIf(program === undefined)('kube-controller-manager against this server', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let controlPlane: TestControlPlane
  let client: Client
  let kubeconfig: string
  let upstream: WatchedProcess
  let ours: ControllersProcess

  beforeAll(async () => {
    folder = await temporaryFolder()
    const tokenAuthFile = join(folder.path, 'tokens')
    await writeFile(tokenAuthFile, `manager,${manager},`)
    controlPlane = await startTestControlPlane({ tokenAuthFile })
    client = createClient(controlPlane.transport)
    kubeconfig = await kubeconfigWithToken(controlPlane.kubeconfig, 'manager', join(folder.path, 'kubeconfig'))
    const pki = join(controlPlane.folder, 'pki')
    upstream = watchProcess(program ?? '', [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--use-service-account-credentials',
      `--root-ca-file=${join(pki, 'ca.crt')}`,
      `--service-account-private-key-file=${join(pki, 'sa.key')}`,
      '--secure-port=0',
      ...election,
    ])
    await upstream.prints('uccessfully acquired lease')
  })
  afterAll(async () => {
    await upstream.end('SIGKILL')
    await ours?.end('SIGKILL')
    await controlPlane.stop()
    await folder.remove()
  })

  const holder = async () => {
    const leases = client.resource<Lease>('coordination.k8s.io/v1', 'leases').namespace('kube-system')
    return await leases.get('kube-controller-manager').then(
      ({ spec }) => spec?.holderIdentity ?? '',
      () => '',
    )
  }
  const makeNamespace = (name: string) =>
    client.resource('v1', 'namespaces').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const isGone = (name: string) =>
    client
      .resource('v1', 'namespaces')
      .get(name)
      .then(
        () => false,
        (error: unknown) => error instanceof StatusError && error.code === 404,
      )
  const list = async (apiVersion: string, resource: string, namespace: string): Promise<readonly KubeObject[]> =>
    (await client.resource(apiVersion, resource).namespace(namespace).list()).items

  test('fills namespaces, and empties those that go', async () => {
    await makeNamespace('upstream')
    const names = async (resource: string) =>
      (await list('v1', resource, 'upstream')).map(({ metadata }) => metadata.name)
    await expect.poll(() => names('serviceaccounts')).toEqual(['default'])
    await expect.poll(() => names('configmaps')).toEqual(['kube-root-ca.crt'])
    await client.resource('v1', 'namespaces').delete('upstream')
    await expect.poll(() => isGone('upstream')).toBe(true)
  })

  test('makes Pods for Deployments, follows them, and collects them', async () => {
    const deployments = client.resource('apps/v1', 'deployments').namespace('default')
    await deployments.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx' }] },
        },
      },
    })
    const pods = async () => (await list('v1', 'pods', 'default')).length
    await expect.poll(pods).toBe(2)
    await deployments.patch('web', { spec: { replicas: 3 } }, { type: 'merge' })
    await expect.poll(pods).toBe(3)
    await expect
      .poll(async () => (await deployments.get('web'))['status'])
      .toMatchObject({ replicas: 3, updatedReplicas: 3, unavailableReplicas: 3 })
    await deployments.delete('web', { propagationPolicy: 'Foreground' })
    await expect.poll(pods).toBe(0)
    await expect.poll(() => list('apps/v1', 'deployments', 'default')).toEqual([])
  })

  test('is followed by our controllers when it is killed', async () => {
    ours = startControllersProcess(kubeconfig, ['--use-service-account-credentials', '--secure-port=0', ...election])
    await ours.prints('waits for the lease')
    const before = await holder()
    expect(ours.output()).not.toContain('controllers are running')
    await upstream.end('SIGKILL')
    await ours.prints('controllers are running')
    expect(await holder()).not.toBe(before)
    await makeNamespace('ours')
    await client.resource('v1', 'namespaces').delete('ours')
    await expect.poll(() => isGone('ours')).toBe(true)
  })
})
