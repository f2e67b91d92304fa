import { setImmediate as turn } from 'node:timers/promises'
import type { KubeObject } from '@fairlead/apimachinery'
import { createClient, createInformer, createInformers, withoutManagedFields } from '@fairlead/client'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { response } from './faulty-server.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())

const clientOf = () => createClient(controlPlane.transport)
const configMap = (name: string, labels: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
})

describe('whoever waits for an informer hears that it has stopped', () => {
  const waits = {
    synced: (informer: ReturnType<typeof make>) => informer.synced(),
    reached: (informer: ReturnType<typeof make>) => informer.reached('999999999999'),
    'a handler': (informer: ReturnType<typeof make>) => informer.addHandler({}).synced(),
  }
  /** Of a server that never answers. */
  const silent = createClient(
    ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  )
  const make = () =>
    createInformer({ source: silent.resource('v1', 'configmaps'), times: silent.times, useWatchList: false })

  test.each(Object.entries(waits))('%s, before and after', async (_name, wait) => {
    const informer = make()
    const stopping = new AbortController()
    const running = informer.run(stopping.signal)
    const waiting = wait(informer)
    stopping.abort()
    await expect(waiting).rejects.toThrow('stopped')
    await running
    await expect(wait(informer)).rejects.toThrow('stopped')
  })

  test('also one of several that is stopped alone, that never ran, or that comes too late', async () => {
    const informers = createInformers({ client: silent })
    const early = informers.informer('v1', 'pods')
    const whileEarly = early.synced()
    informers.stop(early as never)
    await expect(whileEarly).rejects.toThrow('stopped')
    const stopping = new AbortController()
    const running = informers.run(stopping.signal)
    const single = informers.informer('v1', 'secrets')
    const whileSingle = single.synced()
    informers.stop(single as never)
    await expect(whileSingle).rejects.toThrow('stopped')
    stopping.abort()
    await running
    await expect(informers.informer('v1', 'nodes').synced()).rejects.toThrow('stopped')
  })
})

test('a handler that asks for it hears of everything again, every second at most', async () => {
  const clock = createManualClock()
  const client = createClient(controlPlane.transport, { clock })
  const configMaps = client.resource('v1', 'configmaps').namespace('default')
  const labels = { test: 'resync' }
  const informer = createInformer({ source: configMaps, times: client.times, labelSelector: labels })
  await configMaps.create(configMap('resync', labels))
  const told: string[] = []
  const quiet: string[] = []
  const registration = informer.addHandler(
    {
      add: ({ metadata }, isInInitialList) => void told.push(`add ${metadata.name} ${isInInitialList}`),
      update: (before, after) => void told.push(`update ${after.metadata.name} ${before === after}`),
    },
    { resyncPeriod: 1 },
  )
  informer.addHandler({ update: ({ metadata }) => void quiet.push(metadata.name ?? '') })
  const stopping = new AbortController()
  const running = informer.run(stopping.signal)
  await registration.synced()
  clock.advance(999)
  await turn()
  expect(told).toEqual(['add resync true'])
  for (let round = 1; round <= 2; round += 1) {
    clock.advance(round === 1 ? 1 : 1000)
    await expect.poll(() => told).toEqual(['add resync true', ...Array<string>(round).fill('update resync true')])
  }
  registration.remove()
  clock.advance(1000)
  stopping.abort()
  await running
  expect(told).toHaveLength(3)
  expect(quiet).toEqual([])
})

test('a transform decides what is stored, of lists and of changes', async () => {
  const configMaps = clientOf().resource('v1', 'configmaps').namespace('default')
  const labels = { test: 'transform' }
  await configMaps.create(configMap('transform-1', labels))
  for (const useWatchList of [true, false]) {
    const informer = createInformer({
      source: configMaps,
      times: clientOf().times,
      labelSelector: labels,
      useWatchList,
      transform: (object) => withoutManagedFields({ ...object, data: { seen: 'yes' } }),
    })
    const stopping = new AbortController()
    const running = informer.run(stopping.signal)
    await informer.synced()
    const name = `transform-${useWatchList}`
    const created = await configMaps.create(configMap(name, labels))
    await informer.reached(created.metadata.resourceVersion ?? '')
    for (const key of ['default/transform-1', `default/${name}`])
      expect(informer.store.get(key)).toMatchObject({ data: { seen: 'yes' } })
    stopping.abort()
    await running
  }
})

test('managed fields are dropped from the object, and nothing else', () => {
  const metadata = { name: 'a', managedFields: [{ manager: 'm' }], uid: 'u' }
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata }
  expect(withoutManagedFields(object)).toBe(object)
  expect(object).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid: 'u' } })
})

test('a large fill lets other work in, from a server that never makes a pause too', async () => {
  const count = 20_000
  async function* events() {
    const lines: string[] = []
    for (let index = 0; index < count; index += 1) {
      const metadata = { name: `item-${index}`, namespace: 'default', uid: `u-${index}`, resourceVersion: '5' }
      lines.push(JSON.stringify({ type: 'ADDED', object: { metadata, data: { text: 'x'.repeat(200) } } }))
    }
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    lines.push(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '5', annotations } } }))
    while (lines.length > 0) yield Buffer.from(`${lines.splice(0, 100).join('\n')}\n`)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
  }
  const client = createClient(() => Promise.resolve(response(200, events())))
  const informer = createInformer({ source: client.resource('v1', 'configmaps'), times: client.times })
  const stopping = new AbortController()
  let heard = 0
  const registration = informer.addHandler({ add: () => void (heard += 1) })
  const running = informer.run(stopping.signal)
  let turns = 0
  const marks: number[] = []
  while (!registration.hasSynced) {
    await turn()
    turns += 1
    marks.push(heard)
  }
  expect([heard, informer.store.size]).toEqual([count, count])
  // The handler hears nothing before the store is whole, and is not told everything in one go.
  expect(marks.filter((mark) => mark === 0).length).toBeGreaterThan(2)
  expect(new Set(marks).size).toBeGreaterThan(2)
  stopping.abort()
  await running
})
