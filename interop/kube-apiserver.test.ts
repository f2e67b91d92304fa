import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type KubeObject, type OwnerReference, StatusError } from '@fairlead/apimachinery'
import { controllerReference, type Lease } from '@fairlead/controller-runtime'
import { type Client, createClient } from '@fairlead/client'
import { type ConnectedClient, connectToCluster } from '@fairlead/client/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ControllersProcess, startControllersProcess } from '../tests/support/controllers-process.ts'
import { followCommand } from '../tests/support/follow-command.ts'
import { requestAs } from '../tests/support/request-as.ts'
import { createCertificateRequest } from '../tests/support/certificate-requests.ts'
import { servicesAndPods } from '../tests/support/services-and-pods.ts'
import { startTestControlPlane } from '../tests/support/test-control-plane.ts'
import { temporaryFolder } from '../tests/support/temporary-folder.ts'
import { type KubeApiServer, startKubeApiServer } from './kubernetes/start-kube-apiserver.ts'
import { prepared } from './run-checks.ts'
import { freePort } from './support/start-program.ts'

const built = prepared['kube-apiserver']

describe.skipIf(built === undefined)('our controllers against kube-apiserver', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: KubeApiServer
  let connected: ConnectedClient
  let client: Client
  let controllers: ControllersProcess
  let port: number

  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await startKubeApiServer(built ?? [], folder.path)
    connected = await connectToCluster({ path: await server.kubeconfig('admin') })
    client = connected.client
    port = await freePort()
    controllers = startControllersProcess(await server.kubeconfig('system:kube-controller-manager'), [
      '--use-service-account-credentials',
      '--controllers=*,bootstrap-signer-controller,token-cleaner-controller',
      `--service-account-private-key-file=${server.tokenKeyFile}`,
      `--cluster-signing-cert-file=${server.clientAuthority.certificateFile}`,
      `--cluster-signing-key-file=${server.clientAuthority.keyFile}`,
      `--secure-port=${port}`,
      `--cert-dir=${folder.path}/controllers`,
    ])
    await controllers.prints('controllers are running')
  }, 120_000)
  afterAll(async () => {
    await controllers.end('SIGTERM')
    connected.close()
    await server.stop()
    await folder.remove()
  })

  const isGone = (resource: string, name: string) =>
    client
      .resource('v1', resource)
      .get(name)
      .then(
        () => false,
        (error: unknown) => error instanceof StatusError && error.code === 404,
      )
  const configMaps = (namespace: string) => client.resource('v1', 'configmaps').namespace(namespace)
  const make = (namespace: string, name: string, ownerReferences: readonly OwnerReference[] = []) =>
    configMaps(namespace).create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, ownerReferences: [...ownerReferences] },
    })
  const makeNamespace = (name: string) =>
    client.resource('v1', 'namespaces').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

  test('hold the lease of kube-controller-manager', async () => {
    const lease = await client
      .resource<Lease>('coordination.k8s.io/v1', 'leases')
      .namespace('kube-system')
      .get('kube-controller-manager')
    expect(controllers.output()).toContain(`${lease.spec?.holderIdentity} waits for the lease`)
  })

  test('give a namespace what belongs in it, and empty it when it goes', async () => {
    await makeNamespace('whole')
    await expect
      .poll(() =>
        configMaps('whole')
          .get('kube-root-ca.crt')
          .then((found) => found['data'])
          .catch(() => undefined),
      )
      .toEqual({ 'ca.crt': await readFile(server.certificateFile, 'utf8') })
    const accounts = client.resource('v1', 'serviceaccounts').namespace('whole')
    await expect
      .poll(async () => (await accounts.list()).items.map(({ metadata }) => metadata.name))
      .toEqual(['default'])
    await make('whole', 'content')
    await client.resource('v1', 'namespaces').delete('whole')
    await expect.poll(() => isGone('namespaces', 'whole')).toBe(true)
  })

  test.each<[string, 'Background' | 'Foreground' | 'Orphan', readonly string[]]>([
    ['background', 'Background', []],
    ['foreground', 'Foreground', []],
    ['orphan', 'Orphan', ['child', 'grandchild']],
  ])('collect what an owner leaves: %s', async (namespace, propagationPolicy, left) => {
    await makeNamespace(namespace)
    const owner = await make(namespace, 'owner')
    const child: KubeObject = await make(namespace, 'child', [controllerReference(owner)])
    await make(namespace, 'grandchild', [controllerReference(child)])
    await configMaps(namespace).delete('owner', { propagationPolicy })
    const state = async () => {
      const { items } = await configMaps(namespace).list()
      const ours = items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
      return ours.map(({ metadata }) => [metadata.name, metadata.ownerReferences?.map(({ name }) => name) ?? []])
    }
    await expect.poll(state).toEqual(left.map((name) => [name, name === 'grandchild' ? ['child'] : []]))
  })

  test('fill Secrets with tokens that the server knows', async () => {
    await client
      .resource('v1', 'secrets')
      .namespace('default')
      .create({
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      })
    const tokenOf = async () => {
      const secret = await client.resource('v1', 'secrets').namespace('default').get('token')
      return (secret['data'] as { readonly token?: string } | undefined)?.token
    }
    await expect.poll(tokenOf).toBeDefined()
    const review = await client.request<KubeObject>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: Buffer.from((await tokenOf()) ?? '', 'base64').toString() },
      },
    })
    expect(review['status']).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:default' },
    })
  })

  test('delete tokens with their ServiceAccount, and references with their Secret', async () => {
    const accounts = client.resource('v1', 'serviceaccounts').namespace('default')
    const secrets = client.resource('v1', 'secrets').namespace('default')
    const metadata = { name: 'robot' }
    await accounts.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata, secrets: [{ name: 'robot-1' }] })
    const makeToken = (name: string) =>
      secrets.create({
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name, annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      })
    const isFilled = async (name: string) => (await secrets.get(name))['data'] !== undefined
    const names = async () => (await secrets.list()).items.map((secret) => secret.metadata.name)
    for (const name of ['robot-1', 'robot-2']) {
      await makeToken(name)
      await expect.poll(() => isFilled(name)).toBe(true)
    }
    await secrets.delete('robot-1')
    await expect.poll(async () => (await accounts.get('robot'))['secrets']).toBeUndefined()
    await accounts.delete('robot')
    await expect.poll(names).not.toContain('robot-2')
    await makeToken('robot-3')
    await expect.poll(names).not.toContain('robot-3')
  })

  test('collect the rules of ClusterRoles', async () => {
    const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles')
    const rulesOf = async (name: string) => (await roles.get(name))['rules'] as object[] | null
    for (const name of ['admin', 'edit', 'view']) await expect.poll(() => rulesOf(name)).not.toBeNull()
    const rule = { verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] }
    await roles.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'widgets', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [rule],
    })
    for (const name of ['admin', 'edit', 'view']) await expect.poll(() => rulesOf(name)).toContainEqual(rule)
    await roles.delete('widgets')
    for (const name of ['admin', 'edit', 'view']) await expect.poll(() => rulesOf(name)).not.toContainEqual(rule)
  })

  test('sign what who joins may read, and delete bootstrap tokens that have expired', async () => {
    const secrets = client.resource('v1', 'secrets').namespace('kube-system')
    const makeToken = (id: string, more: Record<string, string>) =>
      secrets.create({
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'bootstrap.kubernetes.io/token',
        metadata: { name: `bootstrap-token-${id}` },
        stringData: {
          'token-id': id,
          'token-secret': '0123456789abcdef',
          'usage-bootstrap-signing': 'true',
          ...more,
        },
      })
    const metadata = { name: 'cluster-info' }
    const data = { kubeconfig: 'x' }
    await configMaps('kube-public').create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
    await makeToken('aaaaaa', {})
    await makeToken('bbbbbb', { expiration: '2020-01-01T00:00:00Z' })
    await expect
      .poll(async () => (await configMaps('kube-public').get('cluster-info'))['data'])
      .toEqual({ kubeconfig: 'x', 'jws-kubeconfig-aaaaaa': expect.stringMatching(/^[\w-]+\.\.[\w-]{43}$/) })
    await expect
      .poll(async () => (await secrets.list()).items.map((secret) => secret.metadata.name))
      .not.toContain('bootstrap-token-bbbbbb')
  })

  test('sign certificates that the server takes', async () => {
    const { request, key } = createCertificateRequest({ commonName: 'jane', organizations: ['dev'] })
    const requests = client.resource('certificates.k8s.io/v1', 'certificatesigningrequests')
    const made = await requests.create({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'jane' },
      spec: {
        request: Buffer.from(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    })
    const approved = { type: 'Approved', status: 'True', reason: 'Test', message: 'by the test' }
    await requests.subresource('approval').update({ ...made, status: { conditions: [approved] } })
    const issued = async () => {
      const { certificate } = ((await requests.get('jane'))['status'] ?? {}) as { readonly certificate?: string }
      return certificate
    }
    await expect.poll(issued).toBeDefined()
    const certificate = Buffer.from((await issued()) ?? '', 'base64').toString()
    const there = { host: '127.0.0.1', port: server.port, ca: await readFile(server.certificateFile) }
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const answer = await requestAs(there, { certificate, key }, path, { method: 'POST', body: review })
    expect(answer.json.status).toMatchObject({
      userInfo: { username: 'jane', groups: ['dev', 'system:authenticated'] },
    })
  })

  test('say where the Pods of a Service are', async () => {
    const { createNamespace, createNode, createService, createPod, setReady } = servicesAndPods(client)
    await createNamespace('web')
    await createNode('n1')
    const accounts = client.resource('v1', 'serviceaccounts').namespace('web')
    await expect.poll(async () => (await accounts.list()).items).toHaveLength(1)
    await createService('web', 'web')
    await createPod('web', 'web-1', { labels: { app: 'web' } })
    const slices = async () => {
      const { items } = await client.resource('discovery.k8s.io/v1', 'endpointslices').namespace('web').list()
      return items.flatMap(({ endpoints }) => endpoints)
    }
    const endpoint = (ready: boolean) => [{ addresses: ['10.1.0.1'], conditions: { ready }, nodeName: 'n1' }]
    await expect.poll(slices).toMatchObject(endpoint(true))
    await setReady('web', 'web-1', false)
    await expect.poll(slices).toMatchObject(endpoint(false))
    const { subsets } = await client.resource('v1', 'endpoints').namespace('web').get('web')
    expect(subsets).toMatchObject([{ notReadyAddresses: [{ ip: '10.1.0.1' }], ports: [{ port: 80 }] }])
  })

  test('and the sample controller work together', async () => {
    const example = fileURLToPath(new URL('../examples/sample-controller/dist/main.js', import.meta.url))
    const started = followCommand(process.execPath, [example], { KUBECONFIG: await server.kubeconfig('admin') })
    try {
      await client
        .resource('apps/v1', 'deployments')
        .namespace('default')
        .create({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web', labels: { 'sample.fairlead.dev/min-available': '2' } },
          spec: {
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: { containers: [{ name: 'web', image: 'nginx' }] },
            },
          },
        })
      const budgets = client.resource('policy/v1', 'poddisruptionbudgets').namespace('default')
      const names = async () => (await budgets.list()).items.map(({ metadata }) => metadata.name)
      await expect.poll(names).toEqual(['web'])
      await client.resource('apps/v1', 'deployments').namespace('default').delete('web')
      await expect.poll(names).toEqual([])
    } finally {
      await started.stop()
    }
  })

  test('are told by the server who may read their metrics', async () => {
    const here = {
      host: '127.0.0.1',
      port,
      ca: await readFile(`${folder.path}/controllers/kube-controller-manager.crt`),
    }
    const as = async (path: string, token?: string) => {
      const headers = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]
      return (await requestAs(here, undefined, path, { headers })).status
    }
    expect([await as('/healthz'), await as('/metrics'), await as('/metrics', 'scraper')]).toEqual([200, 403, 200])
  })

  test('are allowed all that they do', () => {
    expect(controllers.output()).not.toMatch(/forbidden/i)
  })
})

test.skipIf(built === undefined)(
  'a server keeps in kube-system what kube-apiserver keeps there',
  async () => {
    const folder = await temporaryFolder()
    const [server, controlPlane] = await Promise.all([
      startKubeApiServer(built ?? [], folder.path),
      startTestControlPlane(),
    ])
    const connected = await connectToCluster({ path: await server.kubeconfig('admin') })
    /** Without what is different each time. */
    const kept = async (client: Client) => {
      const leases = client.resource<Lease>('coordination.k8s.io/v1', 'leases').namespace('kube-system')
      const { items } = await leases.list({ labelSelector: 'apiserver.kubernetes.io/identity=kube-apiserver' })
      const { items: configMaps } = await client.resource('v1', 'configmaps').namespace('kube-system').list()
      return {
        leases: items.map(({ metadata, spec }) => ({
          name: metadata?.name,
          labels: (metadata as KubeObject['metadata'] | undefined)?.labels,
          spec: { ...spec, holderIdentity: spec?.holderIdentity?.split('_')[0], renewTime: spec?.renewTime?.length },
        })),
        configMaps: configMaps.map(({ metadata }) => metadata.name),
      }
    }
    try {
      const ours = await kept(createClient(controlPlane.transport))
      expect(ours.leases).toHaveLength(1)
      await expect.poll(() => kept(connected.client)).toEqual(ours)
    } finally {
      connected.close()
      await Promise.all([server.stop(), controlPlane.stop()])
      await folder.remove()
    }
  },
  120_000,
)
