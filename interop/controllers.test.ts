import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import type { Lease } from '@fairlead/controller-runtime'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startControllersProcess } from '../tests/support/controllers-process.ts'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'
import { type WatchedProcess, watchProcess } from '../tests/support/watch-process.ts'
import { prepared } from './run-checks.ts'

const elector = prepared['elector']
const summaries = prepared['controller-runtime']

let controlPlane: TestControlPlane
let client: Client
const processes: WatchedProcess[] = []
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
})
afterEach(async () => {
  for (const one of processes.splice(0)) await one.end('SIGKILL')
})
afterAll(() => controlPlane.stop())

describe.skipIf(elector === undefined)('elections with client-go', () => {
  const leaseOf = async (name: string) =>
    (await client.resource<Lease>('coordination.k8s.io/v1', 'leases').namespace('kube-system').get(name)).spec

  function standGo(lease: string, identity: string): WatchedProcess {
    const [program = ''] = elector ?? []
    const started = watchProcess(program, [controlPlane.kubeconfig, 'kube-system', lease, identity])
    processes.push(started)
    return started
  }

  function standOurs(lease: string): WatchedProcess {
    const started = startControllersProcess(controlPlane.kubeconfig, [
      `--leader-elect-resource-name=${lease}`,
      '--leader-elect-lease-duration=3s',
      '--leader-elect-renew-deadline=2s',
      '--leader-elect-retry-period=500ms',
      '--secure-port=0',
      '--controllers=namespace-controller',
    ])
    processes.push(started)
    return started
  }

  test('of two Go processes one leads; the other follows a killed one, and one that resigns', async () => {
    const first = standGo('go', 'first')
    await first.prints('leads\n')
    const second = standGo('go', 'second')
    await second.prints('sees first\n')
    await first.end('SIGKILL')
    await second.prints('leads\n')
    expect(await leaseOf('go')).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 })
    const third = standGo('go', 'third')
    await third.prints('sees second\n')
    expect(third.output()).not.toContain('leads')
    await second.end('SIGTERM')
    expect(second.output()).toContain('stopped\n')
    await third.prints('leads\n')
    expect(await leaseOf('go')).toMatchObject({ holderIdentity: 'third' })
  })

  test('our controllers and a Go process stand for the same lease', async () => {
    const running = 'controllers are running'
    const go = standGo('both', 'go')
    await go.prints('leads\n')
    const ours = standOurs('both')
    await ours.prints('waits for the lease')
    expect((await leaseOf('both'))?.holderIdentity).toBe('go')
    expect(ours.output()).not.toContain(running)
    await go.end('SIGKILL')
    await ours.prints(running)
    const holder = (await leaseOf('both'))?.holderIdentity ?? ''
    expect(ours.output()).toContain(`${holder} waits`)
    const next = standGo('both', 'next')
    await next.prints(`sees ${holder}\n`)
    expect(next.output()).not.toContain('leads')
    await ours.end('SIGKILL')
    await next.prints('leads\n')
    expect(await leaseOf('both')).toMatchObject({ holderIdentity: 'next', leaseTransitions: 2 })
  })
})

describe.skipIf(summaries === undefined)('a controller that is written with controller-runtime', () => {
  const deployments = () => client.resource('apps/v1', 'deployments').namespace('default')
  const configMaps = () => client.resource('v1', 'configmaps').namespace('default')
  const find = (name: string) =>
    configMaps()
      .get(name)
      .catch(() => undefined)
  const replicasIn = async (name: string) =>
    ((await find(name))?.['data'] as { replicas: string } | undefined)?.replicas

  test('keeps what it owns, sets conditions, tells of it, and ends what it has begun', async () => {
    const [program = ''] = summaries ?? []
    const one = watchProcess(program, [controlPlane.kubeconfig])
    processes.push(one)
    await one.prints('Starting workers')
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    }
    await deployments().create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { summary: '' } },
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
    })
    await expect.poll(() => replicasIn('web')).toBe('2')
    const conditionsOf = async () => (await deployments().get('web'))['status'] as { conditions?: KubeObject[] }
    await expect
      .poll(async () => (await conditionsOf()).conditions)
      .toMatchObject([{ type: 'Summarized', status: 'True' }])
    await deployments().patch('web', { spec: { replicas: 3 } }, { type: 'merge' })
    await expect.poll(() => replicasIn('web')).toBe('3')
    const { uid } = (await configMaps().get('web')).metadata
    await configMaps().delete('web')
    await expect.poll(() => replicasIn('web')).toBe('3')
    expect((await configMaps().get('web')).metadata.uid).not.toBe(uid)
    await expect
      .poll(async () => {
        const { items } = await client.resource('events.k8s.io/v1', 'events').namespace('default').list()
        return items.map((event) => `${String(event['reason'])}: ${String(event['note'])}`)
      })
      .toEqual(expect.arrayContaining(['Summarized: summary created', 'Summarized: summary updated']))

    // Its finalizer lets it leave a note; what it owned is the garbage collector's to delete.
    await deployments().delete('web')
    await expect.poll(() => find('note-web')).toBeDefined()
    await expect.poll(() => find('web')).toBeUndefined()
    await expect.poll(async () => (await deployments().list()).items).toEqual([])

    expect(await one.end('SIGTERM')).toBe(0)
    const lease = await client.resource<Lease>('coordination.k8s.io/v1', 'leases').namespace('default').get('summaries')
    expect(lease.spec?.holderIdentity).toBe('')
  })
})
