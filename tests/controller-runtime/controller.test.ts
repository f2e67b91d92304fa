import { setImmediate as turn } from 'node:timers/promises'
import type { KubeObject } from '@fairlead/apimachinery'
import { createClient, keyOf } from '@fairlead/client'
import { controller, createManager, generationChanged, TerminalError } from '@fairlead/controller-runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())

const clientOf = () => createClient(controlPlane.transport)
const configMaps = () => clientOf().resource('v1', 'configmaps').namespace('default')
const object = (kind: string, name: string, labels: Record<string, string>, more: object = {}) =>
  ({ apiVersion: 'v1', kind, metadata: { name, labels, ...more } }) as KubeObject
const scoped = (controllerName: string) => ({ namespace: 'default', labelSelector: `test=${controllerName}` })

test('a controller reconciles its objects, those that own what changes, and those that are mapped to', async () => {
  const labels = { test: 'owns' }
  const seen: string[] = []
  const stopping = new AbortController()
  const running = controller({
    for: { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', scope: scoped('owns') },
    owns: [{ apiVersion: 'v1', resource: 'secrets', scope: scoped('owns') }],
    watches: [
      {
        apiVersion: 'v1',
        resource: 'serviceaccounts',
        scope: scoped('owns'),
        map: ({ metadata }) => [{ namespace: 'default', name: `for-${metadata.name}` }],
      },
    ],
    reconcile: ({ namespace, name }, { store }) => {
      seen.push(`${namespace}/${name} ${store.get(keyOf(namespace, name)) === undefined ? 'gone' : 'there'}`)
    },
  }).run(clientOf(), stopping.signal)
  const owner = await configMaps().create(object('ConfigMap', 'owner', labels))
  await expect.poll(() => seen).toEqual(['default/owner there'])
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', controller: true, blockOwnerDeletion: true }
  const secrets = clientOf().resource('v1', 'secrets').namespace('default')
  await secrets.create(object('Secret', 'stale', labels, { ownerReferences: [{ ...reference, uid: 'another' }] }))
  await secrets.create(
    object('Secret', 'owned', labels, { ownerReferences: [{ ...reference, uid: owner.metadata.uid ?? '' }] }),
  )
  await expect.poll(() => seen.length).toBe(2)
  expect(seen[1]).toBe('default/owner there')
  await clientOf()
    .resource('v1', 'serviceaccounts')
    .namespace('default')
    .create(object('ServiceAccount', 'a', labels))
  await expect.poll(() => seen.at(-1)).toBe('default/for-a gone')
  await configMaps().delete('owner')
  await expect.poll(() => seen.at(-1)).toBe('default/owner gone')
  stopping.abort()
  await running
  expect(seen).toHaveLength(4)
})

test('a mapping with a delay waits for more changes', async () => {
  const due: (() => void)[] = []
  const clock = {
    now: () => 0,
    after(delay: number, callback: () => void) {
      if (delay === 500) due.push(callback)
      return () => undefined
    },
  }
  let heard = 0
  const seen: string[] = []
  const stopping = new AbortController()
  const running = controller({
    for: { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', scope: scoped('delayed') },
    watches: [
      {
        apiVersion: 'v1',
        resource: 'secrets',
        scope: scoped('delayed'),
        predicates: [() => (heard += 1) > 0],
        map: () => [{ namespace: 'default', name: 'mapped' }],
        delay: 500,
      },
    ],
    reconcile: ({ name }) => void seen.push(name),
  }).run(createClient(controlPlane.transport, { clock }), stopping.signal)
  const secrets = clientOf().resource('v1', 'secrets').namespace('default')
  for (const name of ['one', 'two', 'three']) await secrets.create(object('Secret', name, { test: 'delayed' }))
  await expect.poll(() => heard).toBe(3)
  await configMaps().create(object('ConfigMap', 'direct', { test: 'delayed' }))
  await expect.poll(() => seen).toEqual(['direct'])
  expect(due).toHaveLength(1)
  due[0]?.()
  await expect.poll(() => seen).toEqual(['direct', 'mapped'])
  stopping.abort()
  await running
})

test('errors are tried again, except terminal ones; results ask for more; a manager shares informers', async () => {
  const labels = { test: 'errors' }
  const tries: Record<string, number> = {}
  const errors: string[] = []
  const manager = createManager({
    client: clientOf(),
    onError: (error, about) => errors.push(`${about}: ${String(error)}`),
  })
  const kind = { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', scope: scoped('errors') }
  manager.add(
    controller({
      name: 'trying',
      for: kind,
      concurrency: 3,
      reconcile: ({ name }) => {
        const count = (tries[name] = (tries[name] ?? 0) + 1)
        if (name === 'terminal') throw new TerminalError('hopeless')
        if (count >= 3) return undefined
        if (name === 'failing') throw new Error('not yet')
        return name === 'again' ? { requeue: true } : { requeueAfter: 1 }
      },
    }),
  )
  let others = 0
  manager.add(
    controller({ name: 'other', for: kind, predicates: [generationChanged], reconcile: () => void (others += 1) }),
  )
  const stopping = new AbortController()
  const running = manager.run(stopping.signal)
  for (const name of ['terminal', 'failing', 'again', 'later'])
    await configMaps().create(object('ConfigMap', name, labels))
  await expect.poll(() => tries).toEqual({ terminal: 1, failing: 3, again: 3, later: 3 })
  await expect.poll(() => others).toBe(4)
  expect(errors.toSorted()).toEqual([
    'trying default/failing: Error: not yet',
    'trying default/failing: Error: not yet',
    'trying default/terminal: TerminalError: hopeless',
  ])
  const metrics = manager.metrics.render()
  for (const line of [
    'controller_runtime_reconcile_total{controller="trying",result="success"} 3',
    'controller_runtime_reconcile_total{controller="trying",result="error"} 3',
    'controller_runtime_reconcile_total{controller="trying",result="requeue"} 2',
    'controller_runtime_reconcile_total{controller="trying",result="requeue_after"} 2',
    'controller_runtime_terminal_reconcile_errors_total{controller="trying"} 1',
    'controller_runtime_reconcile_time_seconds_count{controller="trying"} 10',
    'controller_runtime_max_concurrent_reconciles{controller="trying"} 3',
    'controller_runtime_active_workers{controller="trying"} 0',
    'workqueue_depth{controller="other",name="other"} 0',
    'workqueue_adds_total{controller="trying",name="trying"} 10',
    'workqueue_retries_total{controller="trying",name="trying"} 4',
    'workqueue_work_duration_seconds_count{controller="other",name="other"} 4',
    'workqueue_unfinished_work_seconds{controller="other",name="other"} 0',
  ])
    expect(metrics).toContain(`${line}\n`)
  stopping.abort()
  await running
})

test('what changes is reconciled before what was there already', async () => {
  const labels = { test: 'priority' }
  for (const name of ['there-1', 'there-2', 'there-3']) await configMaps().create(object('ConfigMap', name, labels))
  const seen: string[] = []
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const stopping = new AbortController()
  const manager = createManager({ client: clientOf() })
  const informer = manager.informers.informer('v1', 'configmaps', scoped('priority'))
  manager.add(
    controller({
      for: { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', scope: scoped('priority') },
      reconcile: async ({ name }) => {
        seen.push(name)
        await held
      },
    }),
  )
  const running = manager.run(stopping.signal)
  await expect.poll(() => seen).toEqual(['there-1'])
  const created = await configMaps().create(object('ConfigMap', 'new', labels))
  await informer.reached(created.metadata.resourceVersion ?? '')
  const patched = await configMaps().patch('there-3', { data: { a: 'b' } }, { type: 'merge' })
  await informer.reached(patched.metadata.resourceVersion ?? '')
  // The controller's handler hears of it after the store.
  await turn()
  release()
  await expect.poll(() => seen).toEqual(['there-1', 'new', 'there-3', 'there-2'])
  stopping.abort()
  await running
})

test('a stop waits for the reconcile that has begun', async () => {
  const stopping = new AbortController()
  let finish = (): void => undefined
  let begun = 0
  let ended = 0
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const running = controller({
    for: { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', scope: scoped('stop') },
    reconcile: async () => {
      begun += 1
      await finished
      ended += 1
    },
  }).run(clientOf(), stopping.signal)
  for (const name of ['stop-1', 'stop-2']) await configMaps().create(object('ConfigMap', name, { test: 'stop' }))
  await expect.poll(() => begun).toBe(1)
  stopping.abort()
  finish()
  await running
  expect([begun, ended]).toEqual([1, 1])
})

test('a manager gives up on controllers that do not stop in time', async () => {
  const manager = createManager({ client: clientOf(), gracefulShutdownTimeout: 1 })
  let begun = false
  manager.add({
    name: 'stuck',
    start: () => {
      begun = true
      return new Promise(() => undefined)
    },
  })
  const stopping = new AbortController()
  const running = manager.run(stopping.signal)
  expect(begun).toBe(true)
  stopping.abort()
  await expect(running).rejects.toThrow('controllers did not stop within 1 ms: stuck')
})

test('the listeners of many controllers do not pile up on one signal', async () => {
  const warnings: string[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', onWarning)
  const manager = createManager({ client: clientOf() })
  let begun = 0
  let ended = 0
  const waiting = (name: string) => ({
    name,
    start: (_runtime: unknown, signal: AbortSignal) => {
      begun += 1
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          ended += 1
          resolve()
        })
      })
    },
  })
  for (let count = 0; count < 20; count++) manager.add(waiting(`waiting-${count}`))
  const stopping = new AbortController()
  const running = manager.run(stopping.signal)
  manager.add(waiting('later'))
  await expect.poll(() => begun).toBe(21)
  stopping.abort()
  await running
  // Warnings come with the next turn.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect({ ended, warnings }).toEqual({ ended: 21, warnings: [] })
})
