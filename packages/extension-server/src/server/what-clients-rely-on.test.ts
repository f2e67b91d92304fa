import { badRequest, forbidden, invalid, invalidValue } from '@fairlead/apimachinery'
import type { AdmissionAttributes, AdmissionPlugin, InProcessTransport } from '@fairlead/apiserver'
import { createMemoryStorage } from '@fairlead/storage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Widget } from '../testing/kinds.ts'
import { createExtensionServer, type ExtensionServer } from './create-extension-server.ts'

const collection = '/apis/example.com/v1/namespaces/default/widgets'
const admin = { name: 'admin', groups: ['system:masters'] }
let extension: ExtensionServer
let transport: InProcessTransport

function start(admission: readonly AdmissionPlugin[] = []): void {
  extension = createExtensionServer({
    kinds: [Widget],
    storage: createMemoryStorage(),
    admission: () => admission,
  })
  transport = extension.server.transport(admin)
}
beforeEach(() => start())
afterEach(() => extension.close())

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await transport({
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text === '' ? undefined : JSON.parse(text) }
}

const create = async (name: string, spec: object = {}, labels: object = {}) =>
  (await call('POST', collection, { metadata: { name, labels }, spec })).json

/** The first events of a watch. */
async function watch(query: string, count: number, accept = 'application/json') {
  const ending = new AbortController()
  const response = await transport({
    method: 'GET',
    path: `${collection}?watch=true&${query}`,
    headers: { accept },
    signal: ending.signal,
  })
  expect(response.status).toBe(200)
  const events: { type: string; object: Record<string, unknown> & { metadata?: Record<string, unknown> } }[] = []
  let text = ''
  for await (const chunk of response.body) {
    text += Buffer.from(chunk).toString()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    events.push(...lines.map((line) => JSON.parse(line)))
    if (events.length >= count) break
  }
  ending.abort()
  return events
}

const partial = (as: string) => `application/json;as=${as};g=meta.k8s.io;v=v1`
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'

describe('STO-5: a watch that begins with what there is', () => {
  const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'

  test('objects in order, then the bookmark that says so', async () => {
    await create('b')
    const last = await create('a')
    const events = await watch(initial, 3)
    expect(events.map(({ type, object }) => [type, object.metadata?.['name']])).toEqual([
      ['ADDED', 'a'],
      ['ADDED', 'b'],
      ['BOOKMARK', undefined],
    ])
    expect(events[2]?.object).toMatchObject({
      kind: 'Widget',
      apiVersion: 'example.com/v1',
      metadata: {
        annotations: { 'k8s.io/initial-events-end': 'true' },
        resourceVersion: last.metadata.resourceVersion,
      },
    })
  })

  test('of nothing: the bookmark alone; without bookmarks it is refused', async () => {
    expect((await watch(initial, 1)).map(({ type }) => type)).toEqual(['BOOKMARK'])
    const refused = await call('GET', `${collection}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true`)
    expect([refused.status, refused.json.reason]).toEqual([422, 'Invalid'])
  })

  test('through selectors', async () => {
    await create('a', { color: 'red' }, { x: 'yes' })
    await create('b', { color: 'blue' }, { x: 'yes' })
    await create('c', { color: 'blue' })
    const events = await watch(`${initial}&fieldSelector=spec.color%3Dblue&labelSelector=x%3Dyes`, 2)
    expect(events.map(({ type, object }) => [type, object.metadata?.['name']])).toEqual([
      ['ADDED', 'b'],
      ['BOOKMARK', undefined],
    ])
  })
})

describe('STO-6: metadata alone', () => {
  test.each([
    ['one object', '/one', 'PartialObjectMetadata'],
    ['a list', '', 'PartialObjectMetadataList'],
  ])('of %s', async (_title, path, kind) => {
    await create('one', { size: 3 }, { a: 'b' })
    const { json } = await call('GET', `${collection}${path}`, undefined, { accept: partial(kind) })
    expect([json.kind, json.apiVersion]).toEqual([kind, 'meta.k8s.io/v1'])
    const object = path === '' ? json.items[0] : json
    expect(object.metadata).toMatchObject({ name: 'one', labels: { a: 'b' } })
    expect(object).not.toHaveProperty('spec')
  })

  test('of events, as garbage collectors watch', async () => {
    await create('one', { size: 3 })
    const [event] = await watch('resourceVersion=0', 1, partial('PartialObjectMetadata'))
    expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'PartialObjectMetadata', metadata: { name: 'one' } } })
    expect(event?.object).not.toHaveProperty('spec')
  })

  test('whoever asks for protobuf of the kind first gets the JSON that it takes as well', async () => {
    await create('one')
    const json = await call('GET', `${collection}/one`, undefined, {
      accept: 'application/vnd.kubernetes.protobuf,application/json',
    })
    expect(json.headers['content-type']).toBe('application/json')
    const accept = 'application/vnd.kubernetes.protobuf'
    const none = await transport({ method: 'GET', path: `${collection}/one`, headers: { accept } })
    expect([none.status, await none.text()]).toEqual([406, expect.stringContaining('NotAcceptable')])
  })
})

describe('tables', () => {
  test('of one object, and rows for events: columns once', async () => {
    await create('one', { size: 3 })
    const { json } = await call('GET', `${collection}/one`, undefined, { accept: table })
    expect(json.rows[0].cells.slice(0, 3)).toEqual(['one', 'red', 3])
    expect(json.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'one' } })
    await create('two', { color: 'blue' })
    const events = await watch('resourceVersion=0', 2, table)
    expect(events.map(({ object }) => (object['columnDefinitions'] as unknown[] | null)?.length ?? 0)).toEqual([4, 0])
    expect(events[1]).toMatchObject({ object: { rows: [{ cells: ['two', 'blue', null, expect.any(String)] }] } })
  })
})

describe('scale', () => {
  const headers = { 'content-type': 'application/merge-patch+json' }

  test('is read, replaced and patched, also in another version; a stale one is a conflict', async () => {
    await create('one', { replicas: 2 })
    const { json: scale } = await call('GET', `${collection}/one/scale`)
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'one', namespace: 'default' },
      spec: { replicas: 2 },
      status: { replicas: 0 },
    })
    const replaced = await call('PUT', `${collection}/one/scale`, { ...scale, spec: { replicas: 5 } })
    expect([replaced.status, replaced.json.spec]).toEqual([200, { replicas: 5 }])
    const stale = await call('PUT', `${collection}/one/scale`, { ...scale, spec: { replicas: 6 } })
    expect([stale.status, stale.json.reason]).toEqual([409, 'Conflict'])
    const other = '/apis/example.com/v2/namespaces/default/widgets/one/scale'
    expect((await call('PATCH', other, { spec: { replicas: 7 } }, headers)).json.spec).toEqual({ replicas: 7 })
    expect((await call('GET', `${collection}/one`)).json).toMatchObject({
      spec: { replicas: 7 },
      metadata: { generation: 3 },
    })
  })

  test('of nothing is 404, and a negative number is refused', async () => {
    expect((await call('GET', `${collection}/none/scale`)).status).toBe(404)
    await create('one', { replicas: 2 })
    const refused = await call('PATCH', `${collection}/one/scale`, { spec: { replicas: -1 } }, headers)
    expect([refused.status, refused.json.details.causes[0].field]).toEqual([422, 'spec.replicas'])
  })
})

describe('admission', () => {
  const resource = { group: 'example.com', resource: 'widgets' }
  const named = ({ name, object }: AdmissionAttributes) => name || (object?.metadata.name ?? '')

  test('a mutating plugin sees the object before defaults and validation, a validating one after', async () => {
    const seen: string[] = []
    extension.close()
    start([
      {
        async mutate({ operation, object }) {
          seen.push(`mutate ${operation} ${JSON.stringify(object?.['spec'])}`)
          if (operation === 'CREATE' && object !== undefined) object['spec'] = { label: 'added' }
        },
      },
      {
        async validate({ operation, object, user }) {
          seen.push(`validate ${operation} by ${user.name} ${JSON.stringify(object?.['spec'])}`)
        },
      },
    ])
    expect((await create('one')).spec).toEqual({ color: 'red', label: 'added' })
    await call('DELETE', `${collection}/one`)
    expect(seen).toEqual([
      'mutate CREATE {"color":"red"}',
      'validate CREATE by admin {"color":"red","label":"added"}',
      'mutate DELETE undefined',
      'validate DELETE by admin undefined',
    ])
  })

  test('what a mutating plugin makes of an object is validated', async () => {
    extension.close()
    start([
      {
        async mutate({ object }) {
          if (object !== undefined) object['spec'] = { size: 11 }
        },
      },
    ])
    const refused = await call('POST', collection, { metadata: { name: 'one' } })
    expect([refused.status, refused.json.message]).toEqual([
      422,
      'Widget.example.com "one" is invalid: spec.size: Invalid value: 11: should be less than or equal to 10',
    ])
  })

  test.each<[string, (attributes: AdmissionAttributes) => Error, object]>([
    [
      'Forbidden',
      (attributes) => forbidden(resource, named(attributes), 'not today'),
      {
        code: 403,
        reason: 'Forbidden',
        message: 'widgets.example.com "one" is forbidden: not today',
        details: { name: 'one', group: 'example.com', kind: 'widgets' },
      },
    ],
    [
      'Invalid',
      (attributes) =>
        invalid({ group: 'example.com', kind: 'Widget' }, named(attributes), [
          invalidValue('spec.label', 'x', 'is taken'),
        ]),
      {
        code: 422,
        reason: 'Invalid',
        details: { causes: [{ field: 'spec.label', message: 'Invalid value: "x": is taken' }] },
      },
    ],
    [
      'BadRequest',
      () => badRequest('that makes no sense'),
      { code: 400, reason: 'BadRequest', message: 'that makes no sense' },
    ],
    [
      'an error of any kind',
      () => new Error('broken'),
      { code: 500, reason: 'InternalError', message: 'Internal error occurred: broken' },
    ],
  ])('a refusal is the answer: %s', async (_title, refuse, status) => {
    for (const half of ['mutate', 'validate'] as const) {
      extension.close()
      start([
        {
          async [half](attributes: AdmissionAttributes) {
            throw refuse(attributes)
          },
        },
      ])
      const refused = await call('POST', collection, { metadata: { name: 'one' } })
      expect(refused.json).toMatchObject({ kind: 'Status', status: 'Failure', ...status })
      expect((await call('GET', `${collection}/one`)).status).toBe(404)
    }
  })

  test('plugins know of dry runs and of subresources, and can warn', async () => {
    const seen: string[] = []
    extension.close()
    start([
      {
        async validate({ dryRun, subresource, operation, warnings }) {
          seen.push([operation, subresource, dryRun].join(' '))
          warnings.add('looked at')
        },
      },
    ])
    const created = await call('POST', `${collection}?dryRun=All`, { metadata: { name: 'one' } })
    expect([created.status, created.headers['warning']]).toEqual([201, ['299 - "looked at"']])
    await create('one')
    const headers = { 'content-type': 'application/merge-patch+json' }
    await call('PATCH', `${collection}/one/status`, { status: { phase: 'Ready' } }, headers)
    await transport({ method: 'GET', path: `${collection}/one/echo` })
    expect(seen).toEqual(['CREATE  true', 'CREATE  false', 'UPDATE status false', 'CONNECT echo false'])
  })
})

test('SRV-6: metrics count requests by kind', async () => {
  await create('one')
  const response = await transport({ method: 'GET', path: '/metrics' })
  expect(await response.text()).toMatch(
    /^apiserver_request_total\{verb="POST",dry_run="",group="example\.com",version="v1",resource="widgets",.*code="201"\} 1$/m,
  )
  const stranger = await extension.server.transport()({ method: 'GET', path: '/metrics' })
  expect(stranger.status).toBe(401)
})
