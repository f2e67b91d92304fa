import { createHmac } from 'node:crypto'
import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ControllersUnderTest, runControllers } from '../support/run-controllers.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const start = Date.parse('2030-01-01T00:00:00Z')
const hour = 3_600_000
const at = (offset: number) => new Date(start + offset).toISOString()

let controlPlane: TestControlPlane
let client: Client
let clock: ManualClock
let running: ControllersUnderTest
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = createClient(controlPlane.transport)
})
beforeEach(() => {
  clock = createManualClock(start)
})
afterEach(async () => {
  await running.stop()
  expect(running.errors).toEqual([])
})
afterAll(() => controlPlane.stop())

const run = (...controllers: string[]) => {
  running = runControllers(controlPlane, controllers, { clock })
}
const secrets = (namespace = 'kube-system') => client.resource('v1', 'secrets').namespace(namespace)
const token = (id: string, stringData: Record<string, string> = {}, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `bootstrap-token-${id}` },
  type: 'bootstrap.kubernetes.io/token',
  stringData: { 'token-id': id, 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true', ...stringData },
  ...more,
})
const idsIn = async (namespace = 'kube-system') =>
  (await secrets(namespace).list()).items.map(({ metadata }) => (metadata.name ?? '').replace('bootstrap-token-', ''))

describe('the cleaner', () => {
  test.each<[string, string]>([
    ['expir1', at(-1)],
    ['expir2', at(0)],
    ['expir3', '2029-12-31T23:30:00-00:30'],
    ['expir4', 'tomorrow'],
    ['expir5', '2031-02-30T00:00:00Z'],
  ])('deletes %s, which ended %s', async (id, expiration) => {
    await secrets().create(token(id, { expiration }))
    run('token-cleaner-controller')
    await expect.poll(idsIn).not.toContain(id)
  })

  test('waits for the end of others, and leaves those without one', async () => {
    await secrets().create(token('hourly', { expiration: at(hour) }))
    await secrets().create(token('extend', { expiration: at(hour) }))
    await secrets().create(token('neverr'))
    await secrets().create(token('opaque', { expiration: at(-1) }, { type: 'Opaque' }))
    await secrets('default').create(token('elsewh', { expiration: at(-1) }))
    run('token-cleaner-controller')
    await secrets().create(token('expird', { expiration: at(-1) }))
    await expect.poll(idsIn).not.toContain('expird')
    await secrets().patch('bootstrap-token-extend', { stringData: { expiration: at(3 * hour) } }, { type: 'merge' })
    expect(await idsIn()).toEqual(expect.arrayContaining(['hourly', 'extend', 'neverr', 'opaque']))
    await expect
      .poll(() => {
        if (clock.now() < start + 2 * hour) clock.advance(hour / 4)
        return idsIn()
      })
      .not.toContain('hourly')
    expect(await idsIn()).toEqual(expect.arrayContaining(['extend', 'neverr', 'opaque']))
    expect(await idsIn('default')).toContain('elsewh')
    await expect
      .poll(() => {
        clock.advance(hour / 4)
        return idsIn()
      })
      .not.toContain('extend')
  })
})

describe('the signer', () => {
  const content = 'apiVersion: v1\nkind: Config\n'
  const configMaps = () => client.resource('v1', 'configmaps').namespace('kube-public')
  const dataOf = async () => (await configMaps().get('cluster-info'))['data'] as Record<string, string>
  /** As RFC 7515 says it, without the library that the server uses. */
  const signature = (id: string, text = content, secret = '0123456789abcdef') => {
    const encode = (part: string) => Buffer.from(part).toString('base64url')
    const header = encode(`{"alg":"HS256","kid":"${id}"}`)
    return `${header}..${createHmac('sha256', secret)
      .update(`${header}.${encode(text)}`)
      .digest('base64url')}`
  }
  const signatures = (...ids: string[]) => Object.fromEntries(ids.map((id) => [`jws-kubeconfig-${id}`, signature(id)]))
  beforeEach(async () => {
    await secrets().deleteCollection()
    await configMaps().create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cluster-info' },
      data: { kubeconfig: content, other: 'x' },
    })
  })
  afterEach(() => configMaps().delete('cluster-info'))

  test('signs with every token that is meant for it', async () => {
    await secrets().create(token('aaaaaa'))
    await secrets().create(token('nosign', { 'usage-bootstrap-signing': 'false' }))
    await secrets().create(token('unsaid', { 'usage-bootstrap-signing': '' }))
    await secrets().create(token('ended1', { expiration: at(-1) }))
    await secrets().create(token('badend', { expiration: 'soon' }))
    await secrets().create(token('othrid', { 'token-id': 'aaaaab' }))
    await secrets().create(token('noscrt', { 'token-secret': '' }))
    await secrets().create(token('TOOLONGAN'.toLowerCase()))
    await secrets('kube-public').create(token('public'))
    run('bootstrapsigner')
    await secrets().create(token('bbbbbb', { expiration: at(hour) }))
    await expect.poll(dataOf).toEqual({ kubeconfig: content, other: 'x', ...signatures('aaaaaa', 'bbbbbb') })
  })

  test('follows tokens and content', async () => {
    await secrets().create(token('aaaaaa'))
    run('bootstrapsigner')
    await expect.poll(dataOf).toEqual({ kubeconfig: content, other: 'x', ...signatures('aaaaaa') })
    await configMaps().patch('cluster-info', { data: { kubeconfig: 'changed' } }, { type: 'merge' })
    await expect.poll(async () => (await dataOf())['jws-kubeconfig-aaaaaa']).toBe(signature('aaaaaa', 'changed'))
    const forged = { 'jws-kubeconfig-aaaaaa': 'forged', 'jws-kubeconfig-nobody': 'forged' }
    await configMaps().patch('cluster-info', { data: { kubeconfig: content, ...forged } }, { type: 'merge' })
    await expect.poll(dataOf).toEqual({ kubeconfig: content, other: 'x', ...signatures('aaaaaa') })
    await secrets().patch('bootstrap-token-aaaaaa', { stringData: { 'token-secret': 'other' } }, { type: 'merge' })
    await expect.poll(async () => (await dataOf())['jws-kubeconfig-aaaaaa']).toBe(signature('aaaaaa', content, 'other'))
    await secrets().delete('bootstrap-token-aaaaaa')
    await expect.poll(dataOf).toEqual({ kubeconfig: content, other: 'x' })
  })

  test('takes signatures back when their token expires, with nobody to delete it', async () => {
    await secrets().create(token('hourly', { expiration: at(hour) }))
    run('bootstrapsigner')
    await expect.poll(dataOf).toEqual({ kubeconfig: content, other: 'x', ...signatures('hourly') })
    await expect
      .poll(() => {
        clock.advance(hour)
        return dataOf()
      })
      .toEqual({ kubeconfig: content, other: 'x' })
  })

  test('a second run writes nothing; without a kubeconfig nothing is touched', async () => {
    await secrets().create(token('aaaaaa'))
    run('bootstrapsigner')
    await expect.poll(dataOf).toMatchObject(signatures('aaaaaa'))
    await running.stop()
    const { resourceVersion } = (await configMaps().get('cluster-info')).metadata
    run('bootstrapsigner', 'tokencleaner')
    await secrets().create(token('ended1', { expiration: at(-1) }))
    await expect.poll(idsIn).not.toContain('ended1')
    expect((await configMaps().get('cluster-info')).metadata.resourceVersion).toBe(resourceVersion)
    const data = { kubeconfig: null, 'jws-kubeconfig-nobody': 'kept' }
    await configMaps().patch('cluster-info', { data }, { type: 'merge' })
    await secrets().create(token('ended2', { expiration: at(-1) }))
    await expect.poll(idsIn).not.toContain('ended2')
    expect(await dataOf()).toEqual({ other: 'x', 'jws-kubeconfig-nobody': 'kept', ...signatures('aaaaaa') })
  })
})
