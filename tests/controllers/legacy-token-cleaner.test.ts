import type { Clock, KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runControllers } from '../support/run-controllers.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const day = 24 * 3_600_000
const year = 365 * day
const lastUsed = 'kubernetes.io/legacy-token-last-used'
const invalidSince = 'kubernetes.io/legacy-token-invalid-since'
const controllers = ['legacy-service-account-token-cleaner']

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)
const secrets = () => client.resource('v1', 'secrets').namespace('default')
const accounts = () => client.resource('v1', 'serviceaccounts').namespace('default')
const pods = () => client.resource('v1', 'pods').namespace('default')
const tracking = () => client.resource('v1', 'configmaps').namespace('kube-system')
const trackSince = (time: number) =>
  tracking().patch(
    'kube-apiserver-legacy-service-account-token-tracking',
    { data: { since: dayOf(time) } },
    { type: 'merge' },
  )
const token = (name: string, more: { labels?: object; annotations?: object; type?: string } = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      labels: more.labels ?? {},
      annotations: { 'kubernetes.io/service-account.name': 'robot', ...more.annotations },
    },
    type: more.type ?? 'kubernetes.io/service-account-token',
  }) as unknown as KubeObject

/** Makes Secrets, the last of which is one that is marked, and a ServiceAccount that refers to those that it should. */
async function prepare(list: readonly KubeObject[], unreferred: readonly string[] = []): Promise<void> {
  for (const secret of [...list, token('last')]) await secrets().create(secret)
  const names = [...list.map(({ metadata }) => metadata.name ?? ''), 'last'].filter(
    (name) => !unreferred.includes(name),
  )
  await accounts().create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'robot' },
    secrets: names.map((name) => ({ name })),
  })
}

/** One look at everything at a time; it ends with the last Secret's mark. Gives the labels that are there then. */
async function look(now: number): Promise<Record<string, string | undefined>> {
  const running = runControllers(controlPlane, controllers, { clock: createManualClock(now) })
  const marks = async () =>
    Object.fromEntries(
      (await secrets().list()).items.map(({ metadata }) => [metadata.name, metadata.labels?.[invalidSince]]),
    )
  await expect.poll(async () => (await marks())['last']).toBe(dayOf(now))
  await running.stop()
  expect(running.errors).toEqual([])
  return await marks()
}
/** A clock that tells when somebody begins to wait for a day to pass. */
function clockAt(time: number): { readonly clock: Clock; readonly waits: Promise<void> } {
  const clock = createManualClock(time)
  let resolve = () => {}
  const waits = new Promise<void>((done) => {
    resolve = done
  })
  const after: Clock['after'] = (delay, callback) => {
    if (delay === day) resolve()
    return clock.after(delay, callback)
  }
  return { clock: { ...clock, after }, waits }
}
const unmark = () => secrets().patch('last', { metadata: { labels: { [invalidSince]: null } } }, { type: 'merge' })

beforeEach(async () => {
  await secrets().deleteCollection()
  await accounts().deleteCollection()
  await pods().deleteCollection({ gracePeriodSeconds: 0 })
})

describe('a year after its last use', () => {
  const now = Date.now() + year + 2 * day
  const cutoff = now - year

  test('a token that was made for a ServiceAccount is marked, unless something speaks for it', async () => {
    await trackSince(Date.now() - 30 * day)
    const list = [
      token('never-used'),
      token('used-long-ago', { labels: { [lastUsed]: dayOf(cutoff - day) } }),
      token('used-just-within', { labels: { [lastUsed]: dayOf(cutoff) } }),
      token('used-lately', { labels: { [lastUsed]: dayOf(now) } }),
      token('used-sometime', { labels: { [lastUsed]: 'sometime' } }),
      token('made-by-hand'),
      token('in-a-volume'),
      token('of-nobody', { annotations: { 'kubernetes.io/service-account.name': 'nobody' } }),
      token('of-a-former-one', { annotations: { 'kubernetes.io/service-account.uid': 'former' } }),
      token('no-token', { type: 'Opaque' }),
      token('marked-badly', { labels: { [invalidSince]: 'x' } }),
    ]
    await prepare(list, ['made-by-hand'])
    await pods().create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pod' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', secret: { secretName: 'in-a-volume' } }],
      },
    })
    const marked = ['never-used', 'used-long-ago', 'marked-badly', 'last']
    const names = [...list.map(({ metadata }) => metadata.name ?? ''), 'last']
    expect(await look(now)).toEqual(
      Object.fromEntries(names.map((name) => [name, marked.includes(name) ? dayOf(now) : undefined])),
    )
    const before = (await secrets().list()).items
    await unmark()
    await look(now)
    const unchanged = ({ metadata }: KubeObject) => metadata.name !== 'last'
    expect((await secrets().list()).items.filter(unchanged)).toEqual(before.filter(unchanged))
  })

  test.each([
    ['the use of tokens has not been noted for that long', cutoff + day / 2, now],
    ['it is younger', Date.now() - 2 * year, Date.now() + year - day],
  ])('not when %s', async (_why, since, time) => {
    await trackSince(since)
    await prepare([token('unused')])
    const { clock, waits } = clockAt(time)
    const running = runControllers(controlPlane, controllers, { clock })
    await waits
    await running.stop()
    expect(running.errors).toEqual([])
    expect((await secrets().get('unused')).metadata.labels).toBeUndefined()
    await trackSince(Date.now() - 2 * year)
    expect(await look(now)).toEqual({ unused: dayOf(now), last: dayOf(now) })
  })
})

test('another year later it is deleted, unless it was used meanwhile', async () => {
  const now = Date.now() + 3 * year
  const cutoff = now - year
  await trackSince(Date.now() - year)
  await prepare(
    [
      token('over', { labels: { [invalidSince]: dayOf(cutoff - day) } }),
      token('not-yet', { labels: { [invalidSince]: dayOf(cutoff) } }),
      token('used', { labels: { [invalidSince]: dayOf(cutoff - day), [lastUsed]: dayOf(now - day) } }),
      token('unreferred', { labels: { [invalidSince]: dayOf(cutoff - day) } }),
    ],
    ['unreferred'],
  )
  expect(await look(now)).toEqual({
    'not-yet': dayOf(cutoff),
    used: dayOf(cutoff - day),
    unreferred: dayOf(cutoff - day),
    last: dayOf(now),
  })
})

test('it looks every day', async () => {
  await trackSince(Date.now() - 2 * year)
  await prepare([])
  const clock = createManualClock(Date.now() + year - 2 * day)
  const running = runControllers(controlPlane, controllers, { clock })
  const mark = async () => (await secrets().get('last')).metadata.labels?.[invalidSince]
  await expect
    .poll(() => {
      clock.advance(day / 2)
      return mark()
    })
    .toBeDefined()
  await running.stop()
  expect(running.errors).toEqual([])
})
