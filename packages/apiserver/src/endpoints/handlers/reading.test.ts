import { gunzipSync } from 'node:zlib'
import { builtinKind } from '@fairlead/api'
import { decodeEnvelope, parseYaml } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { createTestServer } from '../testing/test-server.ts'

const configMap = (name: string, extra: object = {}) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: '2026-01-02T15:04:00Z' },
  ...extra,
})
const one = '/api/v1/namespaces/default/configmaps/a'
const all = '/api/v1/namespaces/default/configmaps'
const protobuf = 'application/vnd.kubernetes.protobuf'
const as = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io`

describe('GET of one object', () => {
  const server = createTestServer()
  server.memory('configmaps').put(configMap('a', { data: { k: '<v>' } }))
  const get = async (headers: Record<string, string>, query = '') => {
    const response = await server.call({ method: 'GET', path: one + query, headers })
    return {
      status: response.status,
      type: response.headers['content-type'],
      body: Buffer.from(await response.bytes()),
    }
  }
  const json =
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"101","name":"a","namespace":"default","uid":"uid-a","creationTimestamp":"2026-01-02T15:04:00Z"},"data":{"k":"\\u003cv\\u003e"}}\n'

  test('the stored bytes and a newline', async () => {
    const { status, type, body } = await get({})
    expect([status, type, body.toString()]).toEqual([200, 'application/json', json])
  })

  test.each([
    [{ 'user-agent': 'curl/8' }, ''],
    [{}, '?pretty=true'],
    [{ accept: 'application/json;pretty=1' }, ''],
  ])('indented for people: %j %s', async (headers, query) => {
    const { body } = await get(headers as Record<string, string>, query)
    expect(body.toString()).toMatch(/^\{\n {2}"kind": "ConfigMap",\n/)
    expect(body.toString()).toContain('"k": "\\u003cv\\u003e"\n  }\n}')
    expect(JSON.parse(body.toString())).toEqual(JSON.parse(json))
  })

  test('protobuf in its envelope', async () => {
    const { type, body } = await get({ accept: `${protobuf},application/json` })
    expect(type).toBe(protobuf)
    const { kind, apiVersion, raw } = decodeEnvelope(body)
    expect([kind, apiVersion]).toEqual(['ConfigMap', 'v1'])
    const form = builtinKind({ group: '', version: 'v1', kind: 'ConfigMap' })?.protobuf
    expect(form?.decode(raw)).toMatchObject({ metadata: { name: 'a', resourceVersion: '101' }, data: { k: '<v>' } })
  })

  test('YAML', async () => {
    const { type, body } = await get({ accept: 'application/yaml' })
    expect(type).toBe('application/yaml')
    expect(body.toString()).toMatch(/^apiVersion: v1\ndata:\n {2}k: <v>\nkind: ConfigMap\nmetadata:\n/)
    expect(parseYaml(body).value).toEqual(JSON.parse(json))
  })

  test('PartialObjectMetadata', async () => {
    const { body } = await get({ accept: as('PartialObjectMetadata') })
    expect(body.toString()).toBe(
      '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"101","name":"a","namespace":"default","uid":"uid-a","creationTimestamp":"2026-01-02T15:04:00Z"}}\n',
    )
  })

  test.each([
    ['', { kind: 'PartialObjectMetadata' }],
    ['?includeObject=Metadata', { kind: 'PartialObjectMetadata' }],
    ['?includeObject=None', null],
    ['?includeObject=Object', { kind: 'ConfigMap', data: { k: '<v>' } }],
  ])('Table%s', async (query, object) => {
    const { body } = await get({ accept: as('Table') }, query)
    const table = JSON.parse(body.toString())
    expect(Object.keys(table)).toEqual(['kind', 'apiVersion', 'metadata', 'columnDefinitions', 'rows'])
    expect(table).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '101' },
      rows: [{ cells: ['a', 1, '5s'] }],
    })
    expect(table.columnDefinitions[0]).toMatchObject({ name: 'Name', type: 'string', format: 'name', priority: 0 })
    if (object === null) expect(table.rows[0].object).toBeNull()
    else expect(table.rows[0].object).toMatchObject(object)
  })

  test.each([
    [
      as('PartialObjectMetadataList'),
      406,
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    ],
    ['text/html', 406, '406: Not Acceptable'],
    [
      as('Table').replace('v=v1', 'v=v9'),
      406,
      'only the following media types are accepted: application/json, application/yaml',
    ],
  ])('Accept %s is refused', async (accept, code, message) => {
    const { status, body } = await get({ accept })
    expect(status).toBe(code)
    expect(JSON.parse(body.toString())).toMatchObject({ code, reason: 'NotAcceptable' })
    expect(JSON.parse(body.toString()).message).toMatch(message)
  })

  test.each([['?export=1', 'the export parameter, deprecated since v1.14, is no longer supported']])(
    '%s',
    async (query, message) => {
      const { status, body } = await get({}, query)
      expect([status, JSON.parse(body.toString()).message]).toEqual([400, message])
    },
  )

  test('includeObject', async () => {
    const { status, body } = await get({ accept: as('Table') }, '?includeObject=x')
    expect([status, JSON.parse(body.toString()).message]).toEqual([
      400,
      `Unable to convert to Table as requested: includeObject: Invalid value: "x": must be 'Metadata', 'Object', 'None', or empty`,
    ])
  })

  test('failures come in the accepted type', async () => {
    const missing = await server.call({ method: 'GET', path: `${one}x`, headers: { accept: protobuf } })
    expect([missing.status, missing.headers['content-type']]).toEqual([404, protobuf])
    expect(decodeEnvelope(await missing.bytes())).toMatchObject({ kind: 'Status', apiVersion: 'v1' })
    const plain = await server.call({ method: 'GET', path: `${one}x` })
    expect(await plain.text()).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \\"ax\\" not found","reason":"NotFound","details":{"name":"ax","kind":"configmaps"},"code":404}\n',
    )
  })

  test('large objects are compressed for who takes it', async () => {
    server.memory('configmaps').put(configMap('big', { data: { k: 'x'.repeat(200_000) } }))
    const big = await server.call({
      method: 'GET',
      path: `${all}/big`,
      headers: { 'accept-encoding': 'deflate, gzip' },
    })
    expect(big.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(JSON.parse(gunzipSync(await big.bytes()).toString()).metadata.name).toBe('big')
    const small = await server.call({ method: 'GET', path: one, headers: { 'accept-encoding': 'gzip' } })
    expect(small.headers['content-encoding']).toBeUndefined()
  })
})

describe('GET of a collection', () => {
  const server = createTestServer()
  for (const name of ['a', 'b', 'c']) {
    server
      .memory('configmaps')
      .put(configMap(name, name === 'c' ? { metadata: { ...configMap(name).metadata, labels: { app: 'x' } } } : {}))
  }
  const list = async (query: string, headers: Record<string, string> = {}) => {
    const response = await server.call({ method: 'GET', path: all + query, headers })
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.bytes()) }
  }

  test('items have neither kind nor apiVersion', async () => {
    const { body } = await list('?limit=1')
    expect(body.toString()).toBe(
      '{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"103","continue":"1","remainingItemCount":2},"items":[{"metadata":{"resourceVersion":"101","name":"a","namespace":"default","uid":"uid-a","creationTimestamp":"2026-01-02T15:04:00Z"}}]}\n',
    )
  })

  test('items of custom kinds have both', async () => {
    const custom = createTestServer({ customKinds: ['configmaps'] })
    custom.memory('configmaps').put(configMap('a'))
    const response = await custom.call({ method: 'GET', path: all })
    expect(JSON.parse(await response.text()).items[0]).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' })
  })

  test.each(['', '?pretty=1'])('nothing is an empty array%s', async (query) => {
    const response = await server.call({ method: 'GET', path: `/api/v1/secrets${query}` })
    expect(JSON.parse(await response.text())).toMatchObject({ kind: 'SecretList', items: [] })
  })

  test('indented', async () => {
    const compact = await list('')
    const pretty = await list('?pretty=1')
    expect(JSON.parse(pretty.body.toString())).toEqual(JSON.parse(compact.body.toString()))
    expect(pretty.body.toString()).toBe(JSON.stringify(JSON.parse(compact.body.toString()), null, 2))
  })

  test.each([
    ['?labelSelector=app%3Dx', ['c']],
    ['?fieldSelector=metadata.name%3Db', ['b']],
    ['?fieldSelector=metadata.namespace!%3Ddefault', []],
    ['?limit=2', ['a', 'b']],
    ['?limit=2&continue=2', ['c']],
  ])('%s', async (query, names) => {
    const { body } = await list(query)
    expect(JSON.parse(body.toString()).items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(
      names,
    )
  })

  test('protobuf', async () => {
    const { headers, body } = await list('', { accept: protobuf })
    expect(headers['content-type']).toBe(protobuf)
    const { kind, apiVersion, raw } = decodeEnvelope(body)
    expect([kind, apiVersion]).toEqual(['ConfigMapList', 'v1'])
    const form = builtinKind({ group: '', version: 'v1', kind: 'ConfigMapList' })?.protobuf
    const decoded = form?.decode(raw) as { metadata: object; items: { metadata: { name: string } }[] }
    expect(decoded.metadata).toMatchObject({ resourceVersion: '103' })
    expect(decoded.items.map((item) => item.metadata.name)).toEqual(['a', 'b', 'c'])
  })

  test.each(['', '?labelSelector=none', '?limit=1'])('YAML%s', async (query) => {
    const { headers, body } = await list(query, { accept: 'application/yaml' })
    expect(headers['content-type']).toBe('application/yaml')
    expect(body.toString()).toMatch(/^apiVersion: v1\nitems:/)
    expect(parseYaml(body).value).toEqual(JSON.parse((await list(query)).body.toString()))
  })

  test('a Table in YAML', async () => {
    const table = as('Table').replace('json', 'yaml')
    const { body } = await list('', { accept: table })
    const inJson = await list('', { accept: as('Table') })
    expect(parseYaml(body).value).toEqual(JSON.parse(inJson.body.toString()))
  })

  test('PartialObjectMetadataList, also in protobuf', async () => {
    const { body } = await list('?limit=1', { accept: as('PartialObjectMetadataList') })
    expect(JSON.parse(body.toString())).toMatchObject({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '103', continue: '1', remainingItemCount: 2 },
      items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } }],
    })
    const binary = await list('', { accept: as('PartialObjectMetadataList').replace('application/json', protobuf) })
    expect(decodeEnvelope(binary.body)).toMatchObject({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
    })
  })

  test('Table', async () => {
    const { body } = await list('', { accept: `${as('Table')},application/json` })
    const table = JSON.parse(body.toString())
    expect(table.metadata).toEqual({ resourceVersion: '103' })
    expect(table.rows.map((row: { cells: unknown[] }) => row.cells[0])).toEqual(['a', 'b', 'c'])
  })

  test.each([
    ['?limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['?timeoutSeconds=', 400, 'strconv.ParseInt: parsing "": invalid syntax'],
    ['?limit=99999999999999999999', 400, 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['?labelSelector=a,', 400, "found '', expected: identifier after ','"],
    ['?fieldSelector=a', 400, "invalid selector: 'a'; can't understand 'a'"],
    [
      '?fieldSelector=spec.x%3D1',
      400,
      '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [
      '?resourceVersionMatch=Exact',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      '?resourceVersionMatch=x&resourceVersion=5',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "x": supported values: "Exact", "NotOlderThan", ""',
    ],
    [
      '?resourceVersionMatch=Exact&resourceVersion=0',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      '?sendInitialEvents=true',
      422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
    [
      '?watch=1&resourceVersionMatch=NotOlderThan',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    [
      '?watch=1&sendInitialEvents=true',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
    [
      '?watch=1&sendInitialEvents=1&resourceVersionMatch=Exact',
      422,
      'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]',
    ],
  ])('%s is refused', async (query, code, message) => {
    const { status, body } = await list(query)
    expect([status, JSON.parse(body.toString()).message]).toEqual([code, message])
  })

  test('a list is no single object', async () => {
    const { status, body } = await list('', { accept: as('PartialObjectMetadata') })
    expect(status).toBe(406)
    expect(JSON.parse(body.toString()).message).toBe(
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    )
  })

  test('a large list is streamed, and compressed for who takes it', async () => {
    const large = createTestServer()
    for (let index = 0; index < 3000; index += 1) {
      large.memory('configmaps').put(configMap(`n${String(index).padStart(5, '0')}`, { data: { k: 'x'.repeat(900) } }))
    }
    const plain = await large.call({ method: 'GET', path: all })
    const text = await plain.text()
    expect(JSON.parse(text).items).toHaveLength(3000)
    const gzip = await large.call({ method: 'GET', path: all, headers: { 'accept-encoding': 'gzip' } })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(await gzip.bytes()).toString()).toBe(text)
    const binary = await large.call({ method: 'GET', path: all, headers: { accept: protobuf } })
    const form = builtinKind({ group: '', version: 'v1', kind: 'ConfigMapList' })?.protobuf
    expect(form?.decode(decodeEnvelope(await binary.bytes()).raw)['items']).toHaveLength(3000)
    const table = await large.call({ method: 'GET', path: all, headers: { accept: as('Table') } })
    expect(JSON.parse(await table.text()).rows).toHaveLength(3000)
  })

  test('a client that leaves ends the stream', async () => {
    const large = createTestServer()
    for (let index = 0; index < 1000; index += 1) {
      large.memory('configmaps').put(configMap(`n${index}`, { data: { k: 'x'.repeat(900) } }))
    }
    const response = await large.call({ method: 'GET', path: all })
    let taken = 0
    for await (const chunk of response.body) {
      taken += chunk.length
      break
    }
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(500_000)
  })
})
