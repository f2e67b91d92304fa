import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTimestamp, type JsonObject } from '@fairlead/apimachinery'
import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkAnswer, loopback, type LoopbackCall } from '../bootstrap/loopback-call.ts'
import type { Logger } from '../logging/logger.ts'
import { collectIdentityLeases } from './collect-identity-leases.ts'
import { holdIdentityLease, identityOf, leasesPath } from './identity-lease.ts'
import type { KeeperTools } from './keep-config-map.ts'
import { defaultControlPlaneOptions } from './options.ts'
import { type ControlPlane, startControlPlane } from './start-control-plane.ts'
import { trackLegacyTokens } from './track-legacy-tokens.ts'

const start = Date.parse('2030-01-01T12:00:00Z')
const minute = 60_000
const hour = 60 * minute

let folder: string
let controlPlane: ControlPlane
let call: LoopbackCall
let clock: ManualClock
let logged: string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keep-objects-'))
  controlPlane = await startControlPlane({
    ...defaultControlPlaneOptions,
    securePort: 0,
    storage: 'memory',
    dataDir: folder,
  })
  call = loopback(controlPlane.transport)
})
afterAll(async () => {
  await controlPlane.stop()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  clock = createManualClock(start)
  logged = []
})

const note = (_fields: object, message: string) => void logged.push(message)
const logger: Logger = { debug: note, info: note, warn: note, error: note }
const tools = (): KeeperTools => ({ call, transport: controlPlane.transport, clock, logger })
const get = async (path: string) => {
  const answer = await call('GET', path)
  return answer.status === 200 ? (answer.body as JsonObject & { metadata: JsonObject }) : undefined
}

describe('the lease of a server', () => {
  const name = 'apiserver-lgabes5ywnaqeagh5dny4zlzs4'
  const path = `${leasesPath}/${name}`
  const hold = (hostname: string) => holdIdentityLease({ ...tools(), hostname, newId: () => 'id' })
  const spec = (now: number) => ({
    holderIdentity: `${name}_id`,
    leaseDurationSeconds: 3600,
    renewTime: new Date(now).toISOString().replace('Z', '000Z'),
  })
  const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': 'node-1' }

  test.each([
    ['node-1', name],
    ['bücher.example', 'apiserver-accaog2nhnlq7if4zeygyhfvwy'],
    ['', 'apiserver-2ikcnb3wory4bpirwz777r2iv4'],
  ])('is named after its host %j', (hostname, expected) => {
    expect(identityOf(hostname)).toBe(expected)
  })

  test('is there while the server runs, and is renewed before others take it for gone', async () => {
    const held = await hold('node-1')
    expect(await get(path)).toMatchObject({ metadata: { labels }, spec: spec(start) })
    clock.advance(9 * minute)
    expect(await get(path)).toMatchObject({ spec: spec(start) })
    clock.advance(minute)
    await expect.poll(() => get(path)).toMatchObject({ spec: spec(start + 10 * minute) })
    const { uid } = (await get(path))?.metadata ?? {}
    clock.advance(10 * minute)
    await expect.poll(() => get(path)).toMatchObject({ metadata: { uid, labels }, spec: spec(start + 20 * minute) })
    await held.stop()
    expect(await get(path)).toBeUndefined()
    clock.advance(hour)
    expect(await get(path)).toBeUndefined()
    expect(logged).toEqual([])
  })

  test('replaces one that is left over; what others do to it is made up for with the next renewal', async () => {
    const left = await hold('node-1')
    const { uid } = (await get(path))?.metadata ?? {}
    const held = await hold('node-1')
    expect((await get(path))?.metadata['uid']).not.toBe(uid)
    await call('DELETE', path)
    clock.advance(10 * minute)
    await expect.poll(() => get(path)).toMatchObject({ metadata: { labels }, spec: spec(start + 10 * minute) })
    const changed = { ...(await get(path)), spec: { holderIdentity: 'thief' } }
    checkAnswer('change the lease', await call('PUT', path, changed), 200)
    clock.advance(10 * minute)
    await expect.poll(() => get(path)).toMatchObject({ spec: spec(start + 20 * minute) })
    await held.stop()
    await left.stop()
  })

  test('of a host whose name is no label has none', async () => {
    const held = await hold('bücher.example')
    expect((await get(`${leasesPath}/${identityOf('bücher.example')}`))?.metadata['labels']).toEqual({
      'apiserver.kubernetes.io/identity': 'kube-apiserver',
    })
    await held.stop()
  })

  test('goes when its server is gone, and no other lease does', async () => {
    const make = async (lease: string, spec: JsonObject | undefined, identity = 'kube-apiserver') => {
      const metadata = { name: lease, labels: { 'apiserver.kubernetes.io/identity': identity } }
      const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, ...(spec && { spec }) }
      checkAnswer('make a lease', await call('POST', leasesPath, body), 201)
    }
    const renewed = (before: number, more: JsonObject = { leaseDurationSeconds: 3600 }) => ({
      renewTime: formatTimestamp(start - before).replace('Z', '.000000Z'),
      ...more,
    })
    await make('alive', renewed(hour))
    await make('gone', renewed(hour + 1000))
    await make('no-duration', renewed(0, {}))
    await make('no-time', { leaseDurationSeconds: 3600 })
    await make('no-spec', undefined)
    await make('other', renewed(2 * hour), 'another-server')
    const leases = async () => {
      const { items } = (await call('GET', leasesPath)).body as { items: { metadata: { name: string } }[] }
      return items.map(({ metadata }) => metadata.name).filter((each) => !each.startsWith('apiserver-'))
    }
    const collecting = collectIdentityLeases(tools())
    await expect.poll(leases).toEqual(['alive', 'other'])
    clock.advance(hour - 1)
    expect(await leases()).toEqual(['alive', 'other'])
    await expect
      .poll(() => {
        clock.advance(1)
        return leases()
      })
      .toEqual(['other'])
    await collecting.stop()
    expect(logged).toEqual([])
  })
})

test('since when the use of tokens in Secrets is noted is told, and kept', async () => {
  const name = 'kube-apiserver-legacy-service-account-token-tracking'
  const path = `/api/v1/namespaces/kube-system/configmaps/${name}`
  const today = new Date().toISOString().slice(0, 10)
  expect((await get(path))?.['data']).toEqual({ since: today })
  await call('DELETE', path)
  await expect.poll(async () => (await get(path))?.['data']).toEqual({ since: today })
  await controlPlane.transport({
    method: 'PATCH',
    path,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ data: { since: '2020-02-30', more: 'x' } }),
  })
  await expect.poll(async () => (await get(path))?.['data']).toEqual({ since: today, more: 'x' })
  const data = { since: '2020-02-28' }
  checkAnswer('set the day', await call('PUT', path, { ...(await get(path)), data }), 200)
  const another = await trackLegacyTokens(tools())
  await another.stop()
  expect((await get(path))?.['data']).toEqual(data)
})
