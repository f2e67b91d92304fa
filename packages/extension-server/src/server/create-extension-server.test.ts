import type { InProcessTransport } from '@fairlead/apiserver'
import { createMemoryStorage } from '@fairlead/storage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Widget } from '../testing/kinds.ts'
import { createExtensionServer, type ExtensionServer } from './create-extension-server.ts'

const collection = '/apis/example.com/v1/namespaces/default/widgets'
const admin = { name: 'admin', groups: ['system:masters'] }
let extension: ExtensionServer
let transport: InProcessTransport

beforeEach(() => {
  extension = createExtensionServer({ kinds: [Widget], storage: createMemoryStorage() })
  transport = extension.server.transport(admin)
})
afterEach(() => extension.close())

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await transport({
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = text.startsWith('{') ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, text, json }
}

const widget = (name: string, spec: object = {}, extra: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
  ...extra,
})

describe('objects', () => {
  test('are created with defaults, an empty status and a generation; read, listed, updated, patched, deleted', async () => {
    const created = await call('POST', collection, widget('one', { size: 3 }, { status: { phase: 'mine' } }))
    expect(created.status).toBe(201)
    expect(created.json).toMatchObject({ spec: { color: 'red', size: 3 }, status: {}, metadata: { generation: 1 } })
    expect(created.json.status).toEqual({})
    const patched = await call(
      'PATCH',
      `${collection}/one`,
      { spec: { size: 4 } },
      { 'content-type': 'application/merge-patch+json' },
    )
    expect(patched.json).toMatchObject({ spec: { size: 4 }, metadata: { generation: 2 } })
    expect((await call('GET', collection)).json).toMatchObject({
      kind: 'WidgetList',
      items: [{ metadata: { name: 'one' } }],
    })
    const { resourceVersion } = patched.json.metadata
    const put = widget('one', { size: 5 })
    expect((await call('PUT', `${collection}/one`, put)).status).toBe(422)
    const updated = await call('PUT', `${collection}/one`, { ...put, metadata: { name: 'one', resourceVersion } })
    expect(updated.json).toMatchObject({ spec: { size: 5, color: 'red' }, metadata: { generation: 3 } })
    expect(
      (await call('DELETE', `${collection}/one`, { kind: 'DeleteOptions', apiVersion: 'example.com/v1' })).json,
    ).toMatchObject({ status: 'Success' })
    expect((await call('GET', `${collection}/one`)).json).toMatchObject({
      code: 404,
      message: 'widgets.example.com "one" not found',
    })
  })

  test.each<[string, object, string]>([
    [
      'a value outside the enumeration',
      { color: 'green' },
      'spec.color: Unsupported value: "green": supported values: "red", "blue"',
    ],
    ['a number too large', { size: 11 }, 'spec.size: Invalid value: 11: should be less than or equal to 10'],
    ['a text too long', { label: 'abcdef' }, 'spec.label: Too long: may not be more than 5 characters'],
    ['a text without the pattern', { label: 'A' }, `spec.label: Invalid value: "A": should match '^[a-z]+$'`],
    ['a required field that is absent', { parts: [{}] }, 'spec.parts[0].name: Required value'],
    ['what the author refuses', { label: 'evil' }, 'spec.label: Forbidden: no evil'],
  ])('%s is refused', async (_title, spec, problem) => {
    const refused = await call('POST', collection, widget('bad', spec))
    expect(refused.status).toBe(422)
    expect(refused.json.message).toContain(problem)
  })

  test('a value of the wrong type is a bad request; an unknown field is refused when that is wanted', async () => {
    const wrong = await call('POST', collection, widget('bad', { size: 'large' }))
    expect(wrong.status).toBe(400)
    expect(wrong.json.message).toContain(
      'cannot unmarshal string into Go struct field WidgetSpec.spec.size of type int64',
    )
    const unknown = await call('POST', `${collection}?fieldValidation=Strict`, widget('bad', { colour: 'red' }))
    expect(unknown.json).toMatchObject({ code: 400, message: expect.stringContaining('unknown field "spec.colour"') })
  })

  test('warnings come beside a success', async () => {
    const created = await call('POST', collection, widget('large', { size: 10 }))
    expect(String(created.headers['warning'])).toContain('that is large')
  })

  test('field selectors know the fields that were named', async () => {
    await call('POST', collection, widget('r', { color: 'red' }))
    await call('POST', collection, widget('b', { color: 'blue' }))
    const names = async (selector: string) =>
      (await call('GET', `${collection}?fieldSelector=${selector}`)).json.items.map(
        (item: { metadata: { name: string } }) => item.metadata.name,
      )
    expect(await names('spec.color%3Dblue')).toEqual(['b'])
    expect((await call('GET', `${collection}?fieldSelector=spec.size%3D1`)).json).toMatchObject({
      code: 400,
      message: expect.stringContaining('"spec.size" is not a known field selector'),
    })
  })

  test('the reader sees stored objects', async () => {
    await call('POST', collection, widget('one'))
    expect(await extension.get(Widget, { namespace: 'default', name: 'one' })).toMatchObject({ spec: { color: 'red' } })
    expect(await extension.list(Widget)).toHaveLength(1)
    expect(await extension.get(Widget, { namespace: 'default', name: 'two' })).toBeUndefined()
  })
})

describe('versions', () => {
  test('an object written in one can be read in the other', async () => {
    const created = await call('POST', '/apis/example.com/v2/namespaces/default/widgets', {
      apiVersion: 'example.com/v2',
      kind: 'Widget',
      metadata: { name: 'two', labels: { a: 'b' } },
      spec: { paint: 'blue', dimension: 2 },
    })
    expect(created.json).toMatchObject({ apiVersion: 'example.com/v2', spec: { paint: 'blue', dimension: 2 } })
    expect((await call('GET', `${collection}/two`)).json).toMatchObject({
      apiVersion: 'example.com/v1',
      metadata: { labels: { a: 'b' } },
      spec: { color: 'blue', size: 2 },
    })
  })
})

describe('what only a version of its own can tell', () => {
  const path = '/apis/example.com/v2/namespaces/default/widgets'

  test('is wrong with new objects in the words of that version, for creations alone', async () => {
    const refused = await call('POST', path, { metadata: { name: 'two' }, spec: { dimension: 2 } })
    expect(refused.json).toMatchObject({
      code: 422,
      message: 'Widget.example.com "two" is invalid: spec.paint: Required value: a dimension needs it',
      details: { causes: [{ field: 'spec.paint' }] },
    })
    expect((await call('GET', `${path}/two`)).status).toBe(404)
    await call('POST', path, { metadata: { name: 'two' }, spec: { paint: 'blue' } })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patched = await call('PATCH', `${path}/two`, { spec: { paint: null, dimension: 2 } }, headers)
    expect(patched.status).toBe(200)
  })
  test('is its schema too, for every write', async () => {
    const problem = 'spec.dimension: Invalid value: 10: should be less than or equal to 9'
    const refused = await call('POST', path, { metadata: { name: 'two' }, spec: { paint: 'red', dimension: 10 } })
    expect([refused.status, refused.json.message]).toEqual([422, `Widget.example.com "two" is invalid: ${problem}`])
    await call('POST', path, { metadata: { name: 'two' }, spec: { paint: 'blue' } })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patched = await call('PATCH', `${path}/two`, { spec: { dimension: 10 } }, headers)
    expect([patched.status, patched.json.message]).toEqual([422, `Widget.example.com "two" is invalid: ${problem}`])
    expect((await call('PATCH', `${collection}/two`, { spec: { size: 10 } }, headers)).status).toBe(200)
    const status = await call('PATCH', `${path}/two/status`, { status: { phase: 'Ready' } }, headers)
    expect(status.json).toMatchObject({ spec: { dimension: 10 }, status: { phase: 'Ready' } })
  })
})

describe('subresources', () => {
  test('status', async () => {
    await call('POST', collection, widget('one', { size: 2 }))
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patch = { spec: { size: 9 }, status: { phase: 'Ready' } }
    expect((await call('PATCH', `${collection}/one/status`, patch, headers)).json).toMatchObject({
      spec: { size: 2 },
      status: { phase: 'Ready' },
      metadata: { generation: 1 },
    })
    expect((await call('PATCH', `${collection}/one`, patch, headers)).json).toMatchObject({
      spec: { size: 9 },
      status: { phase: 'Ready' },
      metadata: { generation: 2 },
    })
  })

  test('scale', async () => {
    await call('POST', collection, widget('one', { replicas: 2 }))
    expect((await call('GET', `${collection}/one/scale`)).json).toMatchObject({ kind: 'Scale', spec: { replicas: 2 } })
    const headers = { 'content-type': 'application/merge-patch+json' }
    await call('PATCH', `${collection}/one/scale`, { spec: { replicas: 7 } }, headers)
    expect((await call('GET', `${collection}/one`)).json.spec.replicas).toBe(7)
  })

  test('connect answers with anything, and gets the object, the user and the path', async () => {
    await call('POST', collection, widget('one'))
    expect((await call('GET', `${collection}/one/echo/a/b`)).text).toBe('one|admin|a/b|')
    expect((await call('POST', `${collection}/one/echo`, 'hello')).text).toBe('one|admin||"hello"')
    expect((await call('GET', `${collection}/none/echo`)).status).toBe(404)
    expect((await call('PUT', `${collection}/one/echo`, {})).status).toBe(405)
  })
})

describe('what clients find out', () => {
  test('discovery', async () => {
    const { json } = await call('GET', '/apis/example.com/v1')
    expect(json.resources.map(({ name }: { name: string }) => name)).toEqual([
      'widgets',
      'widgets/echo',
      'widgets/scale',
      'widgets/status',
    ])
    expect(json.resources[0]).toMatchObject({ shortNames: ['wd'], categories: ['all'], singularName: 'widget' })
    const { json: groups } = await call('GET', '/apis')
    expect(groups.groups[0]).toMatchObject({ name: 'example.com', preferredVersion: { version: 'v2' } })
  })

  test('OpenAPI v3 and v2 describe the kind with its constraints', async () => {
    const { json } = await call('GET', '/openapi/v3/apis/example.com/v1')
    const { properties } = json.components.schemas['com.example.v1.WidgetSpec']
    expect(properties.color).toMatchObject({
      enum: ['red', 'blue'],
      default: 'red',
      description: 'What it looks like.',
    })
    expect(properties.size).toMatchObject({ type: 'integer', minimum: 1, maximum: 10 })
    expect(properties.parts).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    expect(json.components.schemas['com.example.v1.Widget']['x-kubernetes-group-version-kind']).toEqual([
      { group: 'example.com', kind: 'Widget', version: 'v1' },
    ])
    const v2 = (await call('GET', '/openapi/v2')).json
    expect(v2.definitions['com.example.v1.WidgetList'].properties.items.items.$ref).toBe(
      '#/definitions/com.example.v1.Widget',
    )
  })

  test('tables have the columns of the kind', async () => {
    await call('POST', collection, widget('one', { size: 3 }))
    const { json } = await call('GET', collection, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    expect(json.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual([
      'Name',
      'Color',
      'Size',
      'Created At',
    ])
    expect(json.rows[0].cells.slice(0, 3)).toEqual(['one', 'red', 3])
  })

  test('metadata alone, also in protobuf, and JSON when protobuf of the kind is preferred', async () => {
    await call('POST', collection, widget('one'))
    const partial = await call('GET', collection, undefined, {
      accept:
        'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    })
    expect(partial.headers['content-type']).toContain('protobuf')
    const json = await call('GET', collection, undefined, {
      accept: 'application/vnd.kubernetes.protobuf,application/json',
    })
    expect(json.json.kind).toBe('WidgetList')
  })
})

test('strangers are not let in', async () => {
  const stranger = extension.server.transport()
  expect((await stranger({ method: 'GET', path: collection })).status).toBe(401)
})
