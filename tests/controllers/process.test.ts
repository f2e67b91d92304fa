import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { StatusError } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import type { CoreEvent, Lease } from '@fairlead/controller-runtime'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ControllersProcess, startControllersProcess } from '../support/controllers-process.ts'
import { identityOf } from '../support/identities.ts'
import { readCredentials } from '../support/kubeconfig-credentials.ts'
import { kubeconfigWithToken } from '../support/kubeconfig-with-token.ts'
import { requestAs } from '../support/request-as.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const running = 'fairlead: controllers are running\n'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let controlPlane: TestControlPlane
let client: Client
const processes: ControllersProcess[] = []
beforeAll(async () => {
  folder = await temporaryFolder()
  const tokenAuthFile = join(folder.path, 'tokens')
  const users = ['manager,system:kube-controller-manager,', 'jane,jane,', 'scraper,scraper,,system:monitoring']
  await writeFile(tokenAuthFile, users.join('\n'))
  controlPlane = await startTestControlPlane({ tokenAuthFile })
  client = createClient(controlPlane.transport)
})
afterEach(async () => {
  for (const one of processes.splice(0)) await one.end('SIGKILL')
})
afterAll(async () => {
  await controlPlane.stop()
  await folder.remove()
})

/** Starts controllers with a lease of this name and the shortest times that go together. */
function start(lease: string, flags: readonly string[] = [], kubeconfig = controlPlane.kubeconfig): ControllersProcess {
  const started = startControllersProcess(kubeconfig, [
    `--leader-elect-resource-name=${lease}`,
    '--leader-elect-lease-duration=3s',
    '--leader-elect-renew-deadline=2s',
    '--leader-elect-retry-period=500ms',
    '--secure-port=0',
    ...flags,
  ])
  processes.push(started)
  return started
}

const leases = () => client.resource<Lease>('coordination.k8s.io/v1', 'leases').namespace('kube-system')
const holderOf = async (name: string) => (await leases().get(name)).spec?.holderIdentity ?? ''

/** Makes a namespace with something in it, and deletes it. */
async function deleteNamespace(name: string): Promise<void> {
  await client.resource('v1', 'namespaces').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const configMaps = client.resource('v1', 'configmaps').namespace(name)
  await configMaps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'content' } })
  await client.resource('v1', 'namespaces').delete(name)
}

const isGone = (resource: string, name: string) =>
  client
    .resource('v1', resource)
    .get(name)
    .then(
      () => false,
      (error: unknown) => error instanceof StatusError && error.code === 404,
    )

describe('the election', () => {
  test('a process leads, works, ends in order on SIGTERM, and leaves its lease to run out', async () => {
    const one = start('alone')
    await one.prints(running)
    const holder = await holderOf('alone')
    expect(holder).toMatch(new RegExp(`^${hostname()}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`))
    await deleteNamespace('worked-on')
    await expect.poll(() => isGone('namespaces', 'worked-on')).toBe(true)
    await expect
      .poll(async () => {
        const { items } = await client.resource<CoreEvent>('v1', 'events').namespace('kube-system').list()
        return items.map(({ reason, message }) => `${reason}: ${message}`)
      })
      .toContain(`LeaderElection: ${holder} became leader`)
    expect(await one.end('SIGTERM')).toBe(0)
    expect(one.output()).toContain('fairlead: SIGTERM, stopping\nfairlead: stopped\n')
    expect(await holderOf('alone')).toBe(holder)
  })

  test('of several processes one leads, and when it is killed another one takes over', async () => {
    const all = [start('several'), start('several'), start('several')]
    const leaders = () => all.filter((one) => one.running && one.output().includes(running))
    await Promise.all(all.map((one) => one.prints('waits for the lease kube-system/several\n')))
    await expect.poll(leaders).toHaveLength(1)
    for (const round of ['first', 'second']) {
      const [leader] = leaders()
      if (leader === undefined) throw new Error('nobody leads')
      const holder = await holderOf('several')
      expect(leader.output()).toContain(`${holder} waits`)
      await leader.end('SIGKILL')
      await deleteNamespace(round)
      await expect.poll(() => isGone('namespaces', round)).toBe(true)
      expect(leaders()).toHaveLength(1)
      expect(await holderOf('several')).not.toBe(holder)
    }
  })

  test('a process that loses its lease ends at once', async () => {
    const one = start('lost')
    await one.prints(running)
    const lease = await leases().get('lost')
    await leases().patch('lost', { spec: { holderIdentity: 'thief', leaseDurationSeconds: 3600 } }, { type: 'merge' })
    expect(lease.spec?.holderIdentity).not.toBe('thief')
    expect(await one.ended).toBe(1)
    expect(one.output()).toMatch(/\nfairlead: leaderelection lost\n$/)
  })

  test('so does one whose server is gone', async () => {
    const server = await startTestControlPlane()
    const one = start('gone', ['--log-level=silent'], server.kubeconfig)
    await one.prints(running)
    await server.stop()
    expect(await one.ended).toBe(1)
    expect(one.output()).toMatch(/\nfairlead: leaderelection lost\n$/)
  })

  test('without it, controllers run at once and beside each other', async () => {
    const [one, other] = [start('none', ['--leader-elect=false']), start('none', ['--leader-elect=false'])]
    await Promise.all([one.prints(running), other.prints(running)])
    expect(one.output()).not.toContain('waits for')
    await expect(holderOf('none')).rejects.toThrow('leases.coordination.k8s.io "none" not found')
    expect(await one.end('SIGTERM')).toBe(0)
  })
})

describe('identities', () => {
  /** The user who may do what upstream's controller manager may, and nothing else. */
  const managerKubeconfig = () =>
    kubeconfigWithToken(controlPlane.kubeconfig, 'manager', join(folder.path, 'manager.kubeconfig'))

  test('each controller is its own ServiceAccount, which is made', async () => {
    const one = start('kube-controller-manager', ['--use-service-account-credentials'], await managerKubeconfig())
    await one.prints(running)
    await deleteNamespace('by-accounts')
    await expect.poll(() => isGone('namespaces', 'by-accounts')).toBe(true)
    const accounts = client.resource('v1', 'serviceaccounts').namespace('kube-system')
    expect((await accounts.get('namespace-controller')).metadata.name).toBe('namespace-controller')
    // Another account of the same name takes its place: the old token is refused and a new one asked for.
    await accounts.delete('namespace-controller')
    await deleteNamespace('by-others')
    await expect.poll(() => isGone('namespaces', 'by-others')).toBe(true)
  })

  test('otherwise all of them are whom the kubeconfig names', async () => {
    const one = start('kube-controller-manager', [], await managerKubeconfig())
    await one.prints(running)
    await deleteNamespace('not-allowed')
    await one.prints('User \\"system:kube-controller-manager\\" cannot')
    expect(await isGone('namespaces', 'not-allowed')).toBe(false)
  })
})

test('a process that is stopped before it has found its server says why it ends', async () => {
  const file = join(folder.path, 'nobody.kubeconfig')
  const cluster = { server: 'https://127.0.0.1:1' }
  const context = { cluster: 'nobody', user: 'nobody' }
  const content = {
    clusters: [{ name: 'nobody', cluster }],
    users: [{ name: 'nobody', user: { token: 'a' } }],
    contexts: [{ name: 'nobody', context }],
    'current-context': 'nobody',
  }
  await writeFile(file, JSON.stringify(content))
  const one = startControllersProcess(file, ['--secure-port=0'])
  await one.prints('certificate signing requests are not signed')
  expect(await one.end('SIGTERM')).toBe(1)
  expect(one.output()).toContain('fairlead: the API server is not well: connect ECONNREFUSED')
  expect(one.output()).not.toContain('stop cleanly')
})

test('what clients trust the server by comes from the kubeconfig, or from a file', async () => {
  const published = async () => {
    const configMap = await client.resource('v1', 'configmaps').namespace('default').get('kube-root-ca.crt')
    return (configMap['data'] as { 'ca.crt': string })['ca.crt']
  }
  const controllers = '--controllers=root-ca-certificate-publisher-controller'
  const one = start('trust', [controllers])
  await expect
    .poll(() => published().catch(() => ''))
    .toBe((await readCredentials(controlPlane.kubeconfig)).ca.toString())
  await one.end('SIGTERM')
  const rootCaFile = join(folder.path, 'root-ca.crt')
  const { certificate } = await identityOf(controlPlane, 'front-proxy-ca')
  await writeFile(rootCaFile, certificate)
  start('trust-of-a-file', [controllers, `--root-ca-file=${rootCaFile}`])
  await expect.poll(published).toBe(certificate)
})

test('a key of the server makes tokens that it takes', async () => {
  const [account, secret] = [
    { name: 'keyed', namespace: 'default' },
    { name: 'keyed-token', namespace: 'default' },
  ]
  await client.resource('v1', 'serviceaccounts').create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account })
  await client.resource('v1', 'secrets').create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...secret, annotations: { 'kubernetes.io/service-account.name': 'keyed' } },
    type: 'kubernetes.io/service-account-token',
  })
  const key = join(controlPlane.folder, 'pki', 'sa.key')
  start('keyed', ['--controllers=serviceaccount-token', `--service-account-private-key-file=${key}`])
  const token = async () => {
    const { data = {} } = (await client.resource('v1', 'secrets').namespace('default').get('keyed-token')) as {
      data?: Record<string, string>
    }
    return Buffer.from(data['token'] ?? '', 'base64').toString()
  }
  await expect.poll(token).not.toBe('')
  const review = await client.request<{ status: object }>({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { spec: { token: await token() } },
  })
  expect(review.status).toMatchObject({
    authenticated: true,
    user: { username: 'system:serviceaccount:default:keyed' },
  })
})

describe('the port', () => {
  /** A port that was free a moment ago. */
  async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    return port
  }

  test('health for everybody; metrics and configuration for whom the API server allows', async () => {
    const port = await freePort()
    const certDir = join(folder.path, 'certificates')
    const one = start('served', [
      `--secure-port=${port}`,
      `--cert-dir=${certDir}`,
      '--controllers=namespace-controller',
    ])
    await one.prints(`fairlead: health and metrics at https://127.0.0.1:${port}\n`)
    await one.prints(running)
    const server = { host: '127.0.0.1', port, ca: await readFile(join(certDir, 'kube-controller-manager.crt')) }
    expect((await stat(join(certDir, 'kube-controller-manager.key'))).mode & 0o777).toBe(0o600)
    const as = (token: string | undefined, path: string) =>
      requestAs(server, undefined, path, {
        headers: token === undefined ? [] : [['authorization', `Bearer ${token}`]],
      })
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect(await as(undefined, path)).toMatchObject({ status: 200, text: 'ok' })
    }
    for (const path of ['/metrics', '/configz', '/']) {
      expect(await as(undefined, path)).toMatchObject({ status: 403 })
      expect(await as('jane', path)).toMatchObject({ status: 403 })
    }
    expect(await as('nobody', '/metrics')).toMatchObject({ status: 401 })
    const { status, text, headers } = await as('scraper', '/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(text).toContain('\nleader_election_master_status{name="served"} 1\n')
    expect(text).toMatch(/^workqueue_adds_total\{.*name="namespace-controller"\} \d+$/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
    const admin = await identityOf(controlPlane, 'admin')
    expect((await requestAs(server, admin, '/configz')).json).toMatchObject({
      'kubecontrollermanager.config.k8s.io': {
        kind: 'KubeControllerManagerConfiguration',
        Generic: {
          Controllers: ['namespace-controller'],
          LeaderElection: { leaderElect: true, leaseDuration: '3s', resourceName: 'served' },
        },
      },
    })
    expect(await one.end('SIGTERM')).toBe(0)
    // The certificate is kept.
    const two = start('served', [`--secure-port=${port}`, `--cert-dir=${certDir}`])
    await two.prints('fairlead: health and metrics at')
    expect(await as(undefined, '/healthz')).toMatchObject({ status: 200 })
  })

  test('paths can be opened to everybody', async () => {
    const port = await freePort()
    const certDir = join(folder.path, 'certificates')
    const one = start('open', [
      `--secure-port=${port}`,
      `--cert-dir=${certDir}`,
      '--authorization-always-allow-paths=/healthz,metri*',
    ])
    await one.prints('fairlead: health and metrics at')
    const server = { host: '127.0.0.1', port, ca: await readFile(join(certDir, 'kube-controller-manager.crt')) }
    const statuses = ['/healthz', '/metrics', '/configz'].map((path) => requestAs(server, undefined, path))
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 200, 403])
  })

  test('one that is in use is refused, with what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const one = start('in-use', [`--secure-port=${port}`])
    expect(await one.ended).toBe(1)
    other.close()
    expect(one.output()).toContain('; choose another port with --secure-port, or 0 to serve nothing\n')
  })
})

describe('what is refused', () => {
  test.each<[string, readonly string[], string]>([
    ['a controller that nobody has', ['--controllers=*,-nobody'], '"nobody" is not in the list of known controllers'],
    ['a kubeconfig that is not there', ['--kubeconfig=/nowhere'], '/nowhere'],
    ['times that cannot work together', ['--leader-elect-retry-period=2s'], 'renewDeadline must be greater than'],
    ['another kind of lock', ['--leader-elect-resource-lock=endpoints'], 'Allowed choices are leases.'],
    [
      'an open path with * inside',
      ['--secure-port=1', '--authorization-always-allow-paths=/a*b'],
      'only trailing * allowed in "/a*b"',
    ],
    ['a bundle that is not there', ['--root-ca-file=/nowhere'], '--root-ca-file: ENOENT'],
    ['a bundle without certificates', ['--root-ca-file=/dev/null'], '--root-ca-file: '],
    [
      'a key that is not there',
      ['--service-account-private-key-file=/nowhere'],
      '--service-account-private-key-file: ENOENT',
    ],
    [
      'a file without a key',
      ['--service-account-private-key-file=/dev/null'],
      '--service-account-private-key-file: data does not contain a valid RSA or ECDSA private key',
    ],
    ['an unknown flag', ['--leader-elekt'], '(Did you mean --leader-elect?)'],
  ])('%s', async (_title, flags, text) => {
    const one = start('refused', flags)
    expect(await one.ended).toBe(1)
    expect(one.output()).toContain(text)
  })
})

test('controllers in the process of the server take part in the election when they are asked to', async () => {
  const lease = { namespace: 'kube-system', name: 'shared', leaseDuration: 3000, renewDeadline: 2000, retryPeriod: 500 }
  const server = await startTestControlPlane({ controllers: ['*'], leaderElection: lease })
  try {
    client = createClient(server.transport)
    await expect.poll(() => holderOf('shared').catch(() => '')).toMatch(`${hostname()}_`)
    const inProcess = await holderOf('shared')
    const one = start('shared', [], server.kubeconfig)
    await one.prints('waits for the lease')
    await deleteNamespace('first')
    await expect.poll(() => isGone('namespaces', 'first')).toBe(true)
    expect(one.output()).not.toContain(running)
    // Somebody takes the lease away, and does not renew it: either may have it next.
    await leases().patch('shared', { spec: { holderIdentity: 'thief', leaseDurationSeconds: 5 } }, { type: 'merge' })
    await expect.poll(() => holderOf('shared')).not.toBe('thief')
    await deleteNamespace('second')
    await expect.poll(() => isGone('namespaces', 'second')).toBe(true)
    await one.end('SIGKILL')
    await deleteNamespace('third')
    await expect.poll(() => isGone('namespaces', 'third')).toBe(true)
    expect(await holderOf('shared')).toBe(inProcess)
  } finally {
    client = createClient(controlPlane.transport)
    await server.stop()
  }
})
