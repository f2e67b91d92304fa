import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { http2Client } from '../support/http2-client.ts'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { storedState } from '../support/stored-state.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const path = '/api/v1/namespaces/default/configmaps'
const notFound = 'the server could not find the requested resource'
const notAllowed = 'the server does not allow this method on the requested resource'

let controlPlane: TestControlPlane
let client: HttpsClient
let stored: readonly string[]
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  await client.post(path, { metadata: { name: 'kept' }, data: { a: 'b' } })
  stored = await storedState(client)
})
afterAll(async () => {
  expect(await storedState(client)).toEqual(stored)
  client.close()
  await controlPlane.stop()
})

describe('paths and methods that are not served', () => {
  const status = (code: number, reason: string, message: string) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: {},
    code,
  })

  test.each([
    '/api/v1/nope',
    '/api/v1/__proto__',
    '/api/v7',
    '/api/v7/pods',
    '/apis/apps/v1/nope',
    '/apis/apps/v9',
    '/apis/apps/v9/x',
    '/api/v1/configmaps/kept',
    '/api/v1/namespaces/default/nodes',
    `${path}/kept/nope`,
    `${path}/kept/__proto__`,
    '/api/v1/namespaces/default/pods/a/status/b',
    '/api/v1/proxy/pods/x',
    '/api/v1/../v1/pods',
    '/api//v1/pods',
  ])('%s under a served group: 404 Status', async (target) => {
    const answer = await client.get(target)
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/json'])
    expect(answer.json).toEqual(status(404, 'NotFound', notFound))
  })

  test.each([
    '/foo',
    '/apis/no.such.group/v1/x',
    '/apis/no.such',
    '/apis/constructor/v1/x',
    '/healthz/nope',
    '/metrics/',
  ])('%s nowhere at all: 404 text', async (target) => {
    const { status: code, text, headers } = await client.get(target)
    expect([code, text, headers['content-type'], headers['x-content-type-options']]).toEqual([
      404,
      '404 page not found\n',
      'text/plain; charset=utf-8',
      'nosniff',
    ])
  })

  test.each([
    ['HEAD', path],
    ['HEAD', `${path}/kept`],
    ['OPTIONS', path],
    ['TRACE', path],
    ['PUT', path],
    ['PATCH', path],
    ['POST', `${path}/kept`],
    ['POST', '/api/v1/configmaps'],
    ['DELETE', '/api/v1/configmaps'],
    ['DELETE', '/api/v1/namespaces'],
    ['POST', '/version'],
  ])('%s %s: 405 Status', async (method, target) => {
    const answer = await client.call(method, target)
    expect([answer.status, answer.headers['allow']]).toEqual([405, undefined])
    if (method !== 'HEAD') expect(answer.json).toEqual(status(405, 'MethodNotAllowed', notAllowed))
  })

  test('a method that no standard knows: 405 over HTTP/2', async () => {
    const http2 = await http2Client(controlPlane.kubeconfig)
    const answer = await http2.call('FOO', path)
    expect([answer.status, answer.json]).toEqual([405, status(405, 'MethodNotAllowed', notAllowed)])
    http2.close()
  })

  test.each(['/api/v1/watch', '/api/v1/watch/', '/api/v1/proxy'])('%s: 500 text', async (target) => {
    const { status: code, text, headers } = await client.get(target)
    expect([code, text]).toEqual([
      500,
      `Internal Server Error: "${target}": failed to create RequestInfo: unable to determine kind and namespace from url, ${target}\n`,
    ])
    expect(headers['audit-id']).toMatch(/./)
  })

  test.each([
    ['/api/v1/namespaces/', 'NamespaceList'],
    ['//api/v1/pods', 'PodList'],
    ['/api/', 'APIVersions'],
    ['/apis/apps/', 'APIGroup'],
    ['/apis/apps/v1/', 'APIResourceList'],
  ])('%s: slashes at the ends do not matter', async (target, kind) => {
    expect((await client.get(target)).json.kind).toBe(kind)
  })

  test.each([
    ['%00', String.raw`configmaps "\x00" not found`],
    ['__proto__', 'configmaps "__proto__" not found'],
    ['UPPER%20x', 'configmaps "UPPER x" not found'],
  ])('the name %s: 404 with the name', async (name, message) => {
    const answer = await client.get(`${path}/${name}`)
    expect([answer.status, answer.json.message]).toEqual([404, message])
  })
})

describe('query parameters', () => {
  const list = 'ListOptions.meta.k8s.io "" is invalid: '
  const create = 'CreateOptions.meta.k8s.io "" is invalid: '
  const syntax = (text: string) => `strconv.ParseUint: parsing "${text}": invalid syntax`

  test.each([
    ['limit=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['limit=99999999999999999999', 400, 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['timeoutSeconds=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['timeout=abc', 400, 'invalid timeout specified in the request URL - time: invalid duration "abc"'],
    ['continue=!!', 400, 'invalid continue token: continue key is not valid: illegal base64 data at input byte 0'],
    [
      'continue=e30',
      400,
      'invalid continue token: continue key is not valid: server does not recognize this encoded version ',
    ],
    ['resourceVersion=-1', 400, `invalid resource version: resourceVersion: Invalid value: "-1": ${syntax('-1')}`],
    ['resourceVersion=1.5', 400, `invalid resource version: resourceVersion: Invalid value: "1.5": ${syntax('1.5')}`],
    ['watch=1&resourceVersion=abc', 500, `resourceVersion: Invalid value: "abc": ${syntax('abc')}`],
    [
      'resourceVersionMatch=Exact',
      422,
      `${list}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
    ],
    [
      'resourceVersion=0&resourceVersionMatch=Exact',
      422,
      `${list}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
    ],
    [
      'resourceVersion=5&resourceVersionMatch=x',
      422,
      `${list}resourceVersionMatch: Unsupported value: "x": supported values: "Exact", "NotOlderThan", ""`,
    ],
    ['sendInitialEvents=true', 422, `${list}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`],
    [
      'watch=1&sendInitialEvents=true',
      422,
      `${list}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
    ],
    ['labelSelector=a,', 400, "found '', expected: identifier after ','"],
    ['fieldSelector=foo=bar', 400, '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['fieldSelector=metadata.name', 400, "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ])('GET ?%s: %i', async (query, code, message) => {
    const answer = await client.get(`${path}?${query}`)
    expect([answer.status, answer.json.code, answer.json.message]).toEqual([code, code, message])
  })

  test.each([
    ['dryRun=foo', 422, `${create}dryRun: Unsupported value: ["foo"]: supported values: "All"`],
    ['dryRun=', 422, `${create}dryRun: Unsupported value: [""]: supported values: "All"`],
    [`fieldManager=${'x'.repeat(129)}`, 422, `${create}fieldManager: Too long: may not be more than 128 bytes`],
    [
      'fieldManager=%01',
      422,
      String.raw`${create}fieldManager: Invalid value: "\x01": invalid character U+0001 (at position 0)`,
    ],
    ['timeout=5x', 400, 'invalid timeout specified in the request URL - time: unknown unit "x" in duration "5x"'],
  ])('POST ?%.60s: %i', async (query, code, message) => {
    const answer = await client.post(`${path}?${query}`, { metadata: { name: 'refused' } })
    expect([answer.status, answer.json.code, answer.json.message]).toEqual([code, code, message])
  })

  test.each([
    'limit=-1',
    'limit=1&limit=2',
    'timeout=-1s',
    'timeout=',
    'pretty=maybe',
    '%zz=1',
    'a=a=a=&&&=',
    '__proto__=1&constructor=2',
    'dryRun=foo',
    `labelSelector=${'a,'.repeat(4000)}a`,
    `labelSelector=a+in+(${'x,'.repeat(5000)}x)`,
    `x=${'y'.repeat(30_000)}`,
  ])('GET ?%.60s is no reason to refuse a list', async (query) => {
    expect((await client.get(`${path}?${query}`)).json.kind).toBe('ConfigMapList')
  })

  test('a watch that may last longer than any timer begins like any other', async () => {
    const watch = await client.watch(`${path}?watch=1&timeoutSeconds=9000000000`)
    expect((await watch.next()).object.metadata.name).toBe('kept')
  })

  test('a watch whose time is over before it begins ends cleanly', async () => {
    const watch = await client.watch(`${path}?watch=1&timeoutSeconds=-5&resourceVersion=${Number.MAX_SAFE_INTEGER}`)
    expect(await watch.rest()).toEqual([])
  })
})

describe('Accept', () => {
  test.each(['text/html', 'application/xml', 'application/cbor', ','.repeat(1000)])('%.30s: 406', async (accept) => {
    const answer = await client.get(path, { accept })
    expect([answer.status, answer.json.reason]).toEqual([406, 'NotAcceptable'])
    expect(answer.json.message).toMatch(/^406: Not Acceptable/)
  })
  test.each(['application/json;as=Foo;g=meta.k8s.io;v=v1', 'application/json;as=Table;g=x;v=v1'])(
    '%s: 406',
    async (accept) => {
      const answer = await client.get(path, { accept })
      const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
      expect([answer.status, answer.json.message]).toEqual([
        406,
        `only the following media types are accepted: ${accepted}`,
      ])
    },
  )
  test.each(['', '*/*', `application/json;${'a=b;'.repeat(2000)}`, 'application/json;q=x'])(
    '"%.40s" is JSON',
    async (accept) => {
      expect((await client.get(path, { accept })).headers['content-type']).toBe('application/json')
    },
  )
})
