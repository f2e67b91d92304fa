import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient, type DeleteOptions } from '@fairlead/client'
import { connectToCluster } from '@fairlead/client/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFamily, createNamespace, type Wanted } from '../tests/controllers/family.ts'
import { collectRandomOwners } from '../tests/controllers/random-owners.ts'
import { startControllersProcess } from '../tests/support/controllers-process.ts'
import { kubeconfigWithToken } from '../tests/support/kubeconfig-with-token.ts'
import { temporaryFolder } from '../tests/support/temporary-folder.ts'
import { startTestControlPlane } from '../tests/support/test-control-plane.ts'
import { watchProcess } from '../tests/support/watch-process.ts'
import { startKubeApiServer } from './kubernetes/start-kube-apiserver.ts'
import { prepared } from './run-checks.ts'

/** A server and a collector that belong to different programs. */
interface Pair {
  readonly client: Client
  stop(): Promise<void>
}

const manager = 'system:kube-controller-manager'
const collector = '--controllers=garbage-collector-controller'

async function ourCollector(program: readonly string[]): Promise<Pair> {
  const folder = await temporaryFolder()
  const server = await startKubeApiServer(program, folder.path)
  const connected = await connectToCluster({ path: await server.kubeconfig('admin') })
  const flags = ['--use-service-account-credentials', collector, '--secure-port=0', '--leader-elect=false']
  const controllers = startControllersProcess(await server.kubeconfig(manager), flags)
  await controllers.prints('controllers are running')
  return {
    client: connected.client,
    async stop() {
      await controllers.end('SIGTERM')
      connected.close()
      await server.stop()
      await folder.remove()
    },
  }
}

async function theirCollector([program = '']: readonly string[]): Promise<Pair> {
  const folder = await temporaryFolder()
  const tokenAuthFile = join(folder.path, 'tokens')
  await writeFile(tokenAuthFile, `manager,${manager},`)
  const controlPlane = await startTestControlPlane({ tokenAuthFile })
  const kubeconfig = await kubeconfigWithToken(controlPlane.kubeconfig, 'manager', join(folder.path, 'kubeconfig'))
  const upstream = watchProcess(program, [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(controlPlane.folder, 'pki', 'sa.key')}`,
    collector,
    '--leader-elect=false',
    '--secure-port=0',
  ])
  await upstream.prints('Proceeding to collect garbage')
  return {
    client: createClient(controlPlane.transport),
    async stop() {
      await upstream.end('SIGKILL')
      await controlPlane.stop()
      await folder.remove()
    },
  }
}

describe.each([
  { what: 'our garbage collector against kube-apiserver', program: prepared['kube-apiserver'], start: ourCollector },
  {
    what: 'the garbage collector of kube-controller-manager against this server',
    program: prepared['kube-controller-manager'],
    start: theirCollector,
  },
])('$what', ({ program, start }) => {
  describe.skipIf(program === undefined)('does what the other does', () => {
    let pair: Pair
    beforeAll(async () => {
      pair = await start(program ?? [])
    }, 120_000)
    afterAll(() => pair.stop())

    type Case = [Readonly<Record<string, Wanted>>, string, DeleteOptions['propagationPolicy'], readonly string[]]
    const chain = {
      a: {},
      b: { owners: [{ name: 'a', block: true }] },
      c: { owners: [{ name: 'b', block: true }] },
    }
    const held = { owners: [{ name: 'a', block: true }], finalizers: ['example.com/hold'] }
    test.each<Case>([
      [chain, 'a', 'Background', []],
      [chain, 'a', 'Foreground', []],
      [chain, 'a', 'Orphan', ['b', 'c(b)']],
      [chain, 'b', 'Orphan', ['a', 'c']],
      [{ a: {}, held }, 'a', 'Foreground', ['a', 'held(a)']],
      [{ a: {}, held }, 'a', 'Background', ['held(a)']],
      [{ a: {}, b: {}, c: { owners: ['a', 'b'] } }, 'a', 'Background', ['b', 'c(b)']],
      [{ a: {}, b: {}, c: { owners: [{ name: 'a', block: true }, 'b'] } }, 'a', 'Foreground', ['b', 'c(b)']],
      [{ a: {}, b: { owners: ['nobody'] } }, 'a', 'Background', []],
    ])('%j without %s, %s', async (wanted, deleted, policy, left) => {
      const family = await createFamily(pair.client, wanted)
      await family.delete(deleted, policy)
      await expect.poll(family.left).toEqual(left)
    })

    test('random owners', () =>
      collectRandomOwners(pair.client, { numRuns: 15, ownThemselves: start === ourCollector }))

    test('an owner in another namespace', async () => {
      const { client } = pair
      const family = await createFamily(client, { owner: {} })
      const namespace = await createNamespace(client)
      const uid = family.uid('owner')
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }]
      const strays = client.resource('v1', 'configmaps').namespace(namespace)
      await strays.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stray', ownerReferences } })
      await expect.poll(async () => (await strays.list()).items).toEqual([])
      const events = client.resource('v1', 'events').namespace(namespace)
      await expect
        .poll(async () => (await events.list()).items)
        .toMatchObject([
          {
            type: 'Warning',
            reason: 'OwnerRefInvalidNamespace',
            message: `ownerRef [v1/ConfigMap, namespace: ${namespace}, name: owner, uid: ${uid}] does not exist in namespace "${namespace}"`,
            source: { component: 'garbage-collector-controller' },
            involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'stray' },
          },
        ])
    })
  })
})
