import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiBody, type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
let client: HttpsClient
let namespaces = 0
let path: string
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  client.close()
  await controlPlane.stop()
})
beforeEach(async () => {
  namespaces += 1
  const name = `list-${namespaces}`
  await client.post('/api/v1/namespaces', { metadata: { name } })
  path = `/api/v1/namespaces/${name}/configmaps`
})

const create = async (name: string, labels: Record<string, string> = {}): Promise<ApiBody> =>
  (await client.post(path, { metadata: { name, labels } })).json
const replace = async (name: string, labels: Record<string, string>): Promise<ApiBody> =>
  (await client.put(`${path}/${name}`, { metadata: { name, labels } })).json
const version = ({ metadata }: ApiBody): string => metadata.resourceVersion
const names = ({ items }: ApiBody): string[] => items.map(({ metadata }) => metadata.name)
const list = async (query: string): Promise<ApiBody> => {
  const { status, json } = await client.get(`${path}?${query}`)
  expect(status).toBe(200)
  return json
}
const initialEventsEnd = 'k8s.io/initial-events-end'

describe('lists', () => {
  test('the table of resourceVersion, match and limit', async () => {
    const first = await create('a')
    const second = await create('b')
    await create('c')
    const at = version(second)
    expect(names(await list(''))).toEqual(['a', 'b', 'c'])
    expect(names(await list('limit=2'))).toEqual(['a', 'b'])
    expect(names(await list('resourceVersion=0'))).toEqual(['a', 'b', 'c'])
    expect(names(await list('resourceVersion=0&limit=1'))).toEqual(['a', 'b', 'c'])
    expect(names(await list(`resourceVersion=${at}`))).toEqual(['a', 'b', 'c'])
    const exact = await list(`resourceVersion=${at}&limit=1`)
    expect([names(exact), version(exact), exact.metadata.remainingItemCount]).toEqual([['a'], at, 1])
    expect(names(await list(`resourceVersion=${at}&resourceVersionMatch=Exact`))).toEqual(['a', 'b'])
    expect(names(await list(`resourceVersion=${version(first)}&resourceVersionMatch=Exact&limit=5`))).toEqual(['a'])
    expect(names(await list(`resourceVersion=${at}&resourceVersionMatch=NotOlderThan`))).toEqual(['a', 'b', 'c'])
    expect(names(await list('resourceVersion=0&resourceVersionMatch=NotOlderThan'))).toEqual(['a', 'b', 'c'])
  })

  test('pages are one snapshot, whatever happens meanwhile', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await create(name)
    const page = await list('limit=1')
    await client.delete(`${path}/c`)
    await create('bb')
    const next = await list(`limit=2&continue=${page.metadata.continue}`)
    const last = await list(`continue=${next.metadata.continue}`)
    expect([...names(page), ...names(next), ...names(last)]).toEqual(['a', 'b', 'c', 'd'])
    expect([version(next), version(last)]).toEqual([version(page), version(page)])
    expect([page.metadata.remainingItemCount, next.metadata.remainingItemCount]).toEqual([3, 1])
    expect([last.metadata.continue, last.metadata.remainingItemCount]).toEqual([undefined, undefined])
    const refused = await client.get(`${path}?continue=${page.metadata.continue}&resourceVersion=5`)
    expect([refused.status, refused.json.message]).toEqual([
      400,
      'specifying resource version is not allowed when using continue',
    ])
    const matched = await client.get(`${path}?continue=${page.metadata.continue}&resourceVersionMatch=Exact`)
    expect(matched.status).toBe(422)
  })

  test('with a selector the remaining objects are not counted', async () => {
    for (const name of ['a', 'b', 'c']) await create(name, { x: 'y' })
    const { metadata, items } = await list('limit=1&labelSelector=x%3Dy')
    expect([items.length, typeof metadata.continue, metadata.remainingItemCount]).toEqual([1, 'string', undefined])
  })

  test('a name in the field selector: one object or an empty list, never 404', async () => {
    await create('a')
    expect(names(await list('fieldSelector=metadata.name%3Da'))).toEqual(['a'])
    expect((await list('fieldSelector=metadata.name%3Dnone')).items).toEqual([])
  })

  test('a revision of the future: exactly at once, not older after some patience', async () => {
    const future = Number(version(await list(''))) + 1_000_000
    const exact = await client.get(`${path}?resourceVersion=${future}&resourceVersionMatch=Exact`)
    const waited = await client.get(`${path}?resourceVersion=${future}`)
    const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
    for (const { status, json } of [exact, waited]) {
      expect([status, json.reason]).toEqual([504, 'Timeout'])
      expect(json.message).toMatch(new RegExp(`^Timeout: Too large resource version: ${future}, current: \\d+$`))
    }
    expect(JSON.parse(exact.text).details).toEqual({ causes })
    expect(JSON.parse(waited.text).details).toEqual({ causes, retryAfterSeconds: 1 })
    expect([exact.headers['retry-after'], waited.headers['retry-after']]).toEqual([undefined, '1'])
  })
})

describe('watches', () => {
  test('of everything from the start: objects by key, the end of them, then changes', async () => {
    await create('b')
    const a = await create('a')
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const watch = await client.watch(`${path}?${query}&resourceVersion=${version(a)}`)
    const events = await watch.take(3)
    expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ['ADDED', 'a'],
      ['ADDED', 'b'],
      ['BOOKMARK', undefined],
    ])
    const end = events[2]?.object
    expect([end?.kind, end?.apiVersion, end?.metadata.annotations]).toEqual([
      'ConfigMap',
      'v1',
      { [initialEventsEnd]: 'true' },
    ])
    expect(Number(end?.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(version(a)))
    expect(version(events[0]?.object as ApiBody)).toBe(version(a))
    const c = await create('c')
    expect(await watch.next()).toMatchObject({
      type: 'ADDED',
      object: { metadata: { name: 'c', resourceVersion: version(c) } },
    })
  })

  test.each(['', '&resourceVersion=0', '&resourceVersion='])(
    'without asking, "%s" begins with the objects and no bookmark',
    async (query) => {
      await create('a')
      const watch = await client.watch(`${path}?watch${query}`)
      expect((await watch.next()).type).toBe('ADDED')
      await create('b')
      expect((await watch.next()).object.metadata.name).toBe('b')
    },
  )

  test('with sendInitialEvents=false begins with the next change', async () => {
    await create('a')
    const watch = await client.watch(`${path}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`)
    await create('b')
    expect((await watch.next()).object.metadata.name).toBe('b')
  })

  test('whose initial events lie in the future: an ERROR event with 504', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=1000000000'
    const [event] = await (await client.watch(`${path}?${query}`)).rest()
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', reason: 'Timeout', code: 504 } })
    expect(event?.object.message).toMatch(/^Timeout: Too large resource version: 1000000000, current: \d+$/)
  })

  test('through a selector: entering, changing, leaving, and the real end', async () => {
    const from = await create('a', { x: 'no' })
    const watch = await client.watch(`${path}?watch=1&labelSelector=x%3Dyes&resourceVersion=${version(from)}`)
    const entered = await replace('a', { x: 'yes', step: '1' })
    const changed = await replace('a', { x: 'yes', step: '2' })
    const left = await replace('a', { x: 'no', step: '3' })
    await replace('a', { x: 'no', step: '4' })
    await replace('a', { x: 'yes', step: '5' })
    await client.delete(`${path}/a`)
    const events = await watch.take(5)
    expect(events.map(({ type, object }) => [type, object.metadata.labels?.['step']])).toEqual([
      ['ADDED', '1'],
      ['MODIFIED', '2'],
      ['DELETED', '2'],
      ['ADDED', '5'],
      ['DELETED', '5'],
    ])
    expect(events.slice(0, 3).map(({ object }) => version(object))).toEqual([entered, changed, left].map(version))
    expect(Number(version(events[4]?.object as ApiBody))).toBeGreaterThan(Number(version(events[3]?.object as ApiBody)))
  })

  test('of one object by its name, by the deprecated path too', async () => {
    const from = version(await create('a'))
    const ns = path.replace('/api/v1/', '/api/v1/watch/')
    const watches = [
      await client.watch(`${path}?watch=1&fieldSelector=metadata.name%3Db&resourceVersion=${from}`),
      await client.watch(`${ns}/b?resourceVersion=${from}`),
      await client.watch(`${ns}?resourceVersion=${from}&fieldSelector=metadata.name%3Db&watch=false`),
    ]
    await create('c')
    await create('b')
    for (const watch of watches) expect((await watch.next()).object.metadata.name).toBe('b')
  })

  test('a write that changes nothing is no event and no revision', async () => {
    const from = await create('a', { x: 'y' })
    const watch = await client.watch(`${path}?watch=1&resourceVersion=${version(from)}`)
    expect(version(await replace('a', { x: 'y' }))).toBe(version(from))
    await create('b')
    expect((await watch.next()).object.metadata.name).toBe('b')
  })

  test('a bookmark comes before the time is up, only to those who asked', async () => {
    const revision = version(await create('a'))
    const query = `watch=1&timeoutSeconds=3&resourceVersion=${revision}`
    const asked = await client.watch(`${path}?${query}&allowWatchBookmarks=true`)
    const silent = await client.watch(`${path}?${query}`)
    const events = await asked.rest()
    expect(events.map(({ type }) => type)).toEqual(['BOOKMARK'])
    expect(events[0]?.object.metadata).toEqual({ resourceVersion: expect.stringMatching(/^\d+$/) })
    expect(await silent.rest()).toEqual([])
  })
})

test('what history has forgotten: 410 with a token that goes on, and an ERROR event', async () => {
  for (const name of ['a', 'b', 'c']) await create(name)
  const page = await list('limit=1')
  const filling = 'x'.repeat(500_000)
  for (let index = 0; index < 160; index += 1) {
    await client.put(`${path}/c`, { metadata: { name: 'c' }, data: { [`key-${index}`]: filling } })
  }
  await create('bb')
  const expired = await client.get(`${path}?limit=1&continue=${page.metadata.continue}`)
  expect([expired.status, expired.json.reason]).toEqual([410, 'Expired'])
  expect(expired.json.message).toMatch(
    /^The provided continue parameter is too old to display a consistent list result\./,
  )
  expect(JSON.parse(expired.text)).not.toHaveProperty('details')
  const token = expired.json.metadata.continue ?? ''
  const rest = await list(`limit=2&continue=${token}`)
  expect(names(rest)).toEqual(['b', 'bb'])
  expect(Number(version(rest))).toBeGreaterThan(Number(version(page)))
  expect(names(await list(`continue=${rest.metadata.continue}`))).toEqual(['c'])

  const exact = await client.get(`${path}?resourceVersion=${version(page)}&resourceVersionMatch=Exact`)
  expect([exact.status, exact.json.reason, exact.json.message]).toEqual([
    410,
    'Expired',
    'The resourceVersion for the provided list is too old.',
  ])
  const watch = await client.watch(`${path}?watch=1&resourceVersion=${version(page)}`)
  const [event, ...others] = await watch.rest()
  expect(others).toEqual([])
  expect(event).toEqual({
    type: 'ERROR',
    object: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: expect.stringMatching(new RegExp(`^too old resource version: ${version(page)} \\(\\d+\\)$`)),
      reason: 'Expired',
      code: 410,
    },
  })
})
