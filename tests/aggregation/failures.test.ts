import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '@fairlead/apimachinery'
import { type Answer, httpsClient, type HttpsClient } from '../support/https-client.ts'
import { metricValue } from '../support/server-metrics.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import {
  createTestAuthority,
  type ExtensionServer,
  type ServerAnswer,
  type ServerRequest,
  startExtensionServer,
} from './support.ts'

type Authority = Awaited<ReturnType<typeof createTestAuthority>>
type Certificate = Awaited<ReturnType<Authority['issue']>>

let controlPlane: TestControlPlane
let client: HttpsClient
let authority: Authority
let good: Certificate
const servers: ExtensionServer[] = []

beforeAll(async () => {
  controlPlane = await startTestControlPlane({ runtimeConfig: ['apiregistration.k8s.io/v1beta1=true'] })
  client = await httpsClient(controlPlane.kubeconfig)
  authority = await createTestAuthority('extension-ca')
  good = await authority.issue({ commonName: 'api', usage: 'server', names: ['127.0.0.1', 'api.demo.svc'] })
})

afterAll(async () => {
  client.close()
  await Promise.all([controlPlane.stop(), ...servers.map((server) => server.close())])
})

async function serve(
  handle: (request: ServerRequest, answer: ServerAnswer) => void,
  certificate = good,
  http2 = true,
): Promise<ExtensionServer> {
  const server = await startExtensionServer({ certificate, handle, http2 })
  servers.push(server)
  return server
}

const collection = '/apis/apiregistration.k8s.io/v1/apiservices'

interface Registration {
  readonly group: string
  readonly url: string
  readonly spec?: JsonObject
}

function register({ group, url, spec }: Registration): Promise<Answer> {
  return client.post(collection, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1.${group}`, annotations: { 'aggregation.fairlead.dev/url': url } },
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'demo', name: 'api' },
      caBundle: Buffer.from(authority.certificate).toString('base64'),
      ...spec,
    },
  })
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** The conditions of an APIService once one of them is as wanted. */
async function conditionsOf(
  group: string,
  wanted: (condition: Condition) => boolean,
): Promise<Readonly<Record<string, Condition | undefined>>> {
  const watch = await client.watch(
    `${collection}?watch=true&fieldSelector=${encodeURIComponent(`metadata.name=v1.${group}`)}`,
  )
  try {
    for (;;) {
      const { object } = await watch.next()
      const { conditions = [] } = (object.status ?? {}) as { conditions?: Condition[] }
      if (conditions.some(wanted)) return Object.fromEntries(conditions.map((entry) => [entry.type, entry]))
    }
  } finally {
    watch.close()
  }
}

const failed = ({ reason }: Condition): boolean => reason === 'FailedDiscoveryCheck'
const passed = ({ reason }: Condition): boolean => reason === 'Passed'

function resourceList(group: string): string {
  return JSON.stringify({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: `${group}/v1`,
    resources: [{ name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: ['get', 'list'] }],
  })
}

/** Discovery, and an empty list for everything else. */
function wellBehaved(group: string): (request: ServerRequest, answer: ServerAnswer) => void {
  return (request, answer) => {
    answer.setHeader('content-type', 'application/json')
    if (request.url === `/apis/${group}/v1`) answer.end(resourceList(group))
    else if (request.url?.startsWith(`/apis/${group}/v1/`)) answer.end('{"kind":"ThingList","items":[]}')
    else {
      answer.statusCode = 404
      answer.end('{}')
    }
  }
}

/** Freshness and names of resources of a group in the aggregated document. */
async function discoveryOf(group: string): Promise<{ freshness: string; resources: readonly string[] }> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const { items } = JSON.parse((await client.get('/apis', { accept })).text) as {
    items: {
      metadata: { name: string }
      versions: { freshness: string; resources?: { resource: string }[] }[]
    }[]
  }
  const version = items.find(({ metadata }) => metadata.name === group)?.versions[0]
  return {
    freshness: version?.freshness ?? 'missing',
    resources: (version?.resources ?? []).map(({ resource }) => resource),
  }
}

describe('a server that cannot be used: its condition, what clients get, discovery', () => {
  test('AVL-8 PRX-2: refused connection', async () => {
    const group = 'refused.example.com'
    await register({ group, url: 'https://127.0.0.1:1' })
    const conditions = await conditionsOf(group, failed)
    const url = `https://127.0.0.1:1/apis/${group}/v1`
    expect(conditions['Available']?.message).toBe(
      `failing or missing response from ${url}: Get "${url}": dial tcp 127.0.0.1:1: connect: connection refused`,
    )
    expect(conditions['Connected']).toMatchObject({
      status: 'False',
      reason: 'NoConnection',
      message: expect.stringContaining(
        'no connection to 127.0.0.1:1, where the annotation aggregation.fairlead.dev/url leads: dial tcp 127.0.0.1:1:',
      ),
    })
    const answer = await client.get(`/apis/${group}/v1/things`)
    expect([answer.status, answer.text]).toEqual([503, 'service unavailable\n'])
    expect((await client.get(`/apis/${group}/v1`)).status).toBe(503)
    expect((await client.get(`/apis/${group}`)).status).toBe(200)
    expect(await discoveryOf(group)).toEqual({ freshness: 'Stale', resources: [] })
  })

  test.each([
    [
      'untrusted.example.com',
      'x509: certificate signed by unknown authority',
      async () => (await createTestAuthority('x')).issue({ commonName: 'api', usage: 'server', names: ['127.0.0.1'] }),
    ],
    [
      'misnamed.example.com',
      'x509: certificate is valid for api.other.svc, not 127.0.0.1',
      () => authority.issue({ commonName: 'api', usage: 'server', names: ['api.other.svc'] }),
    ],
    [
      'nameless.example.com',
      'x509: certificate relies on legacy Common Name field, use SANs instead',
      () => authority.issue({ commonName: 'api.demo.svc', usage: 'server' }),
    ],
    [
      'expired.example.com',
      'x509: certificate has expired or is not yet valid',
      () =>
        authority.issue({
          commonName: 'api',
          usage: 'server',
          names: ['127.0.0.1'],
          notBefore: new Date('2024-01-01'),
          notAfter: new Date('2025-01-01'),
        }),
    ],
  ] as const)('AVL-13: %s: %s', async (group, text, issue) => {
    const server = await serve(wellBehaved(group), await issue())
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    const conditions = await conditionsOf(group, failed)
    expect(conditions['Available']?.message).toContain(text)
    expect(conditions['TLSVerified']?.message).toMatch(
      /caBundle holds CN=extension-ca \(.*\); the certificate must be good for 127\.0\.0\.1$/,
    )
    expect((await client.get(`/apis/${group}/v1/things`)).text).toBe('service unavailable\n')
  })

  test.each([
    [500, 'bad status from'],
    [404, 'bad status from'],
    [301, 'bad status from'],
    [403, 'bad status from'],
  ])('AVL-12: discovery answers %i', async (status, text) => {
    const group = `status-${status}.example.com`
    const server = await serve((_request, answer) => {
      answer.statusCode = status
      if (status === 301) answer.setHeader('location', '/elsewhere')
      answer.end('no')
    })
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    const conditions = await conditionsOf(group, failed)
    const url = `https://127.0.0.1:${server.port}/apis/${group}/v1`
    expect(conditions['Available']?.message).toBe(`failing or missing response from ${url}: ${text} ${url}: ${status}`)
    expect(Object.keys(conditions)).toEqual(status === 403 ? ['Available', 'FrontProxyTrusted'] : ['Available'])
  })

  test('AVL-12: a server that hangs', { timeout: 30_000 }, async () => {
    const group = 'hanging.example.com'
    const server = await serve(() => undefined)
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    const conditions = await conditionsOf(group, failed)
    expect(conditions['Available']?.message).toContain(
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    )
    expect(await discoveryOf(group)).toEqual({ freshness: 'Stale', resources: [] })
  })
})

test('AVL-12: a server whose headers never end, until they do', { timeout: 60_000 }, async () => {
  const group = 'endless.example.com'
  const rest = wellBehaved(group)
  let stuck = true
  const server = await serve(
    (request, answer) => {
      if (stuck) request.socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-And: ')
      else rest(request, answer)
    },
    good,
    false,
  )
  await register({ group, url: `https://127.0.0.1:${server.port}` })
  const conditions = await conditionsOf(group, failed)
  expect(conditions['Available']?.message).toContain(
    'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  )
  expect(await discoveryOf(group)).toEqual({ freshness: 'Stale', resources: [] })
  expect((await client.get('/api/v1/namespaces/default')).status).toBe(200)
  stuck = false
  await client.patch(`${collection}/v1.${group}`, { spec: { versionPriority: 16 } }, 'merge')
  await conditionsOf(group, passed)
  expect((await client.get(`/apis/${group}/v1/things`)).json.kind).toBe('ThingList')
})

describe.each([
  ['HTTP/2', true],
  ['HTTP/1.1', false],
])('a server over %s that dies in the middle of a body', (_, http2) => {
  test('PRX-14: of a list: no client takes it for a whole one, and the next request is answered', async () => {
    const group = `torn-${http2 ? 'two' : 'one'}.example.com`
    const rest = wellBehaved(group)
    let dying = true
    const server = await serve(
      (request, answer) => {
        if (!dying || request.url !== `/apis/${group}/v1/things`) {
          rest(request, answer)
          return
        }
        answer.writeHead(200, { 'content-type': 'application/json' })
        ;(answer as { write(text: string): void }).write('{"kind":"ThingList","items":[')
        setImmediate(() => server.cut(request))
      },
      good,
      http2,
    )
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    await conditionsOf(group, passed)
    for (let time = 0; time < 20; time += 1) {
      await expect(client.get(`/apis/${group}/v1/things`)).rejects.toThrow(/aborted|ECONNRESET|socket hang up/)
    }
    dying = false
    expect((await client.get(`/apis/${group}/v1/things`)).json).toEqual({ kind: 'ThingList', items: [] })
  })

  test('DM-3 OA2-6: of its documents: what was known is kept, and everybody else is served', async () => {
    const group = `cut-${http2 ? 'two' : 'one'}.example.com`
    const rest = wellBehaved(group)
    const server = await serve(
      (request, answer) => {
        // Only the probe asks as an administrator; what it gets is not looked at.
        if (request.url?.startsWith('/openapi/') !== true && request.headers['x-remote-group'] !== undefined) {
          rest(request, answer)
          return
        }
        answer.writeHead(200, { 'content-type': 'application/json' })
        ;(answer as { write(text: string): void }).write('{"kind":')
        setImmediate(() => server.cut(request))
      },
      good,
      http2,
    )
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    const conditions = await conditionsOf(group, ({ type }) => type === 'OpenAPIAggregated')
    expect(conditions['OpenAPIAggregated']?.status).toBe('False')
    await conditionsOf(group, passed)
    await expect.poll(() => discoveryOf(group)).toEqual({ freshness: 'Stale', resources: [] })
    const v2 = JSON.parse((await client.get('/openapi/v2')).text) as { paths: JsonObject }
    expect(v2.paths).toHaveProperty(['/api/v1/namespaces'])
  })
})

test('TLS-7: a server that says GOAWAY all the time loses no request and no watch', async () => {
  const group = 'leaving.example.com'
  const rest = wellBehaved(group)
  const watchers: ServerAnswer[] = []
  const server = await serve((request, answer) => {
    if (request.url?.includes('watch=') !== true) {
      rest(request, answer)
      return
    }
    answer.writeHead(200, { 'content-type': 'application/json' })
    tell(answer, 'early')
    watchers.push(answer)
  })
  const tell = (watcher: ServerAnswer, name: string): void => {
    const event = { type: 'ADDED', object: { kind: 'Thing', metadata: { name } } }
    ;(watcher as { write(text: string): void }).write(`${JSON.stringify(event)}\n`)
  }
  const leave = (): void => {
    for (const session of server.sessions) session.goaway()
  }
  await register({ group, url: `https://127.0.0.1:${server.port}` })
  await conditionsOf(group, passed)
  const watch = await client.watch(`/apis/${group}/v1/things?watch=true`)
  expect((await watch.next()).object.metadata.name).toBe('early')
  for (let round = 0; round < 20; round += 1) {
    const answers = Array.from({ length: 10 }, () => client.get(`/apis/${group}/v1/things`))
    leave()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(10).fill(200))
    leave()
  }
  for (const watcher of watchers) tell(watcher, 'late')
  expect((await watch.next()).object.metadata.name).toBe('late')
  watch.close()
})

test('DM-4 AVL-15: a server that dies keeps its resources in discovery, marked Stale, and comes back', {
  timeout: 60_000,
}, async () => {
  const group = 'mortal.example.com'
  const server = await serve(wellBehaved(group))
  await register({ group, url: `https://127.0.0.1:${server.port}` })
  await conditionsOf(group, passed)
  expect((await client.get(`/apis/${group}/v1/namespaces/default/things`)).json.kind).toBe('ThingList')
  expect(await discoveryOf(group)).toEqual({ freshness: 'Current', resources: ['things'] })

  await server.close()
  const answer = await client.get(`/apis/${group}/v1/namespaces/default/things`)
  expect(answer.status).toBe(503)
  expect(answer.text).toMatch(/^error trying to reach service: /)
  // A change of the APIService is looked at once.
  await client.patch(`${collection}/v1.${group}`, { spec: { versionPriority: 16 } }, 'merge')
  await conditionsOf(group, failed)
  expect((await client.get(`/apis/${group}/v1/namespaces/default/things`)).text).toBe('service unavailable\n')
  expect(await discoveryOf(group)).toEqual({ freshness: 'Stale', resources: ['things'] })

  const again = await startExtensionServer({ certificate: good, handle: wellBehaved(group), port: server.port })
  servers.push(again)
  await conditionsOf(group, passed)
  expect((await client.get(`/apis/${group}/v1/namespaces/default/things`)).json.kind).toBe('ThingList')
})

test('OA2-3 OA2-8 OA3-2 OA3-3 OA3-6: documents of servers, good and bad', { timeout: 60_000 }, async () => {
  const document = (group: string, path: string) => ({
    swagger: '2.0',
    info: { title: 'things', version: 'v1' },
    paths: {
      [`/apis/${group}/v1/things`]: {
        get: { responses: { 200: { description: 'OK', schema: { $ref: `#/definitions/${path}` } } } },
      },
    },
    definitions: { [path]: { type: 'object' } },
  })
  const withDocuments = (group: string, v2: string) => {
    const rest = wellBehaved(group)
    return (request: ServerRequest, answer: ServerAnswer): void => {
      const [path, query] = (request.url ?? '').split('?')
      answer.setHeader('content-type', 'application/json')
      if (path === '/openapi/v2') answer.end(v2)
      else if (path === '/openapi/v3') {
        const serverRelativeURL = `/openapi/v3/apis/${group}/v1?hash=CURRENT`
        answer.end(JSON.stringify({ paths: { [`apis/${group}/v1`]: { serverRelativeURL } } }))
      } else if (path === `/openapi/v3/apis/${group}/v1`) answer.end(JSON.stringify({ openapi: '3.0.0', query }))
      else rest(request, answer)
    }
  }
  const [fine, broken, huge] = ['documented.example.com', 'slashed.example.com', 'huge.example.com']
  const texts: Readonly<Record<string, string>> = {
    [fine]: JSON.stringify(document(fine, 'com.example.Thing')),
    [broken]: JSON.stringify(document(broken, 'com.example/Thing')),
    [huge]: `{"swagger":"2.0","paths":{"x":"${'x'.repeat(50 * 1024 * 1024)}`,
  }
  for (const group of [fine, broken, huge]) {
    const server = await serve(withDocuments(group, texts[group] ?? ''))
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    await conditionsOf(group, passed)
  }
  for (const group of [broken, huge]) {
    const conditions = await conditionsOf(group, ({ type }) => type === 'OpenAPIAggregated')
    expect(conditions['Available']).toMatchObject({ status: 'True', message: 'all checks passed' })
    expect(conditions['OpenAPIAggregated']?.message).toContain(
      group === broken ? 'the name of definition "com.example/Thing" has a slash' : 'is longer than',
    )
  }
  const v2 = JSON.parse((await client.get('/openapi/v2')).text) as { paths: JsonObject; definitions: JsonObject }
  expect(v2.paths).toHaveProperty([`/apis/${fine}/v1/things`])
  expect(v2.paths).not.toHaveProperty([`/apis/${broken}/v1/things`])
  expect(v2.paths).toHaveProperty(['/api/v1/namespaces'])
  expect(v2.definitions).toHaveProperty(['com.example.Thing'])
  const protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
  expect((await client.get('/openapi/v2', { accept: protobuf })).bytes.includes('com.example.Thing')).toBe(true)

  const index = JSON.parse((await client.get('/openapi/v3')).text) as {
    paths: Record<string, { serverRelativeURL: string }>
  }
  const url = index.paths[`apis/${fine}/v1`]?.serverRelativeURL ?? ''
  expect(url).toBe(`/openapi/v3/apis/${fine}/v1?hash=CURRENT`)
  expect((await client.get(url)).text).toBe('{"openapi":"3.0.0","query":"hash=CURRENT"}')
  const stale = await client.get(`/openapi/v3/apis/${fine}/v1?hash=OLD`)
  expect([stale.status, stale.headers.location]).toEqual([301, url])
})

test('OA3-5 OA3-6: a server that only knows v2 has a v3 document, made here', { timeout: 60_000 }, async () => {
  const group = 'swagger.example.com'
  const things = `/apis/${group}/v1/things`
  let definition: JsonObject = { type: 'object', properties: { part: { $ref: '#/definitions/com.example.Part' } } }
  const server = await serve((request, answer) => {
    if (request.url !== '/openapi/v2') {
      wellBehaved(group)(request, answer)
      return
    }
    const schema = { $ref: '#/definitions/com.example.Thing' }
    answer.end(
      JSON.stringify({
        swagger: '2.0',
        info: { title: 'things', version: 'v7' },
        paths: {
          [things]: { get: { produces: ['application/json'], responses: { 200: { description: 'OK', schema } } } },
          '/healthz': { get: { responses: { 200: { description: 'OK' } } } },
        },
        definitions: { 'com.example.Thing': definition, 'com.example.Part': { type: 'string' } },
      }),
    )
  })
  await register({ group, url: `https://127.0.0.1:${server.port}` })
  await conditionsOf(group, passed)
  const urlOf = async (): Promise<string> => {
    const { paths } = JSON.parse((await client.get('/openapi/v3')).text) as {
      paths: Record<string, { serverRelativeURL: string }>
    }
    return paths[`apis/${group}/v1`]?.serverRelativeURL ?? ''
  }
  await expect.poll(urlOf).toMatch(/^\/openapi\/v3\/apis\/swagger\.example\.com\/v1\?hash=[0-9A-F]{128}$/)
  const url = await urlOf()
  const document = await client.get(url)
  expect(document.status).toBe(200)
  expect(document.headers['cache-control']).toBe('public, immutable')
  expect(document.headers.etag).toBe(`"${url.slice(-128)}"`)
  expect(document.json).toEqual({
    openapi: '3.0.0',
    info: { title: 'things', version: 'v7' },
    paths: {
      [things]: {
        get: {
          responses: {
            200: {
              description: 'OK',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/com.example.Thing' } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        'com.example.Part': { type: 'string' },
        'com.example.Thing': {
          type: 'object',
          properties: { part: { $ref: '#/components/schemas/com.example.Part' } },
        },
      },
    },
  })
  const stale = await client.get(`/openapi/v3/apis/${group}/v1?hash=OLD`)
  expect([stale.status, stale.headers.location]).toEqual([301, url])

  // What the server says later has another hash. A change of the APIService has it asked again.
  definition = { type: 'object' }
  await client.patch(`${collection}/v1.${group}`, { spec: { insecureSkipTLSVerify: true, caBundle: null } }, 'merge')
  await expect.poll(urlOf).not.toBe(url)
  expect((await client.get(await urlOf())).text).not.toContain('com.example.Part')
  await client.delete(`${collection}/v1.${group}`)
  await expect.poll(urlOf).toBe('')
  expect((await client.get(`/openapi/v3/apis/${group}/v1`)).status).toBe(404)
})

test('one dead server does not slow discovery: 10 of 50 hang', { timeout: 60_000 }, async () => {
  const hanging = await serve(() => undefined)
  const healthy = await serve((request, answer) => {
    answer.setHeader('content-type', 'application/json')
    const [, , group = ''] = (request.url ?? '').split('/')
    answer.end(resourceList(group))
  })
  const groups = Array.from({ length: 50 }, (_, index) => `g${index}.many.example.com`)
  await Promise.all(
    groups.map((group, index) =>
      register({ group, url: `https://127.0.0.1:${index < 10 ? hanging.port : healthy.port}` }),
    ),
  )
  await Promise.all(groups.slice(10).map((group) => conditionsOf(group, passed)))
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  await client.get('/apis', { accept })
  const started = performance.now()
  const answer = await client.get('/apis', { accept })
  const took = performance.now() - started
  expect(answer.text).toContain('g49.many.example.com')
  console.info(`discovery with 50 APIServices, 10 of them hanging: ${took.toFixed(1)} ms`)
})

test('FL: annotations are checked, and broken or expiring bundles are warned of', async () => {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64')
  const elsewhere = await register({ group: 'far.example.com', url: 'https://10.0.0.1' })
  expect(elsewhere.status).toBe(422)
  expect(elsewhere.json.message).toContain('only addresses of this host are possible')
  expect((await register({ group: 'plain.example.com', url: 'http://127.0.0.1' })).json.message).toContain(
    'only https is possible',
  )
  const broken = await register({
    group: 'broken.example.com',
    url: 'https://127.0.0.1:1',
    spec: { caBundle: base64('not a certificate') },
  })
  expect(broken.status).toBe(201)
  expect(broken.headers['warning']).toBe(
    '299 - "spec.caBundle: requests will fail: unable to load root certificates: unable to parse bytes as PEM block"',
  )
  const old = await createTestAuthority('old', new Date('2020-01-01T00:00:00Z'))
  const expired = await register({
    group: 'old.example.com',
    url: 'https://127.0.0.1:1',
    spec: { caBundle: base64(old.certificate) },
  })
  expect(expired.headers['warning']).toContain(
    'every certificate in it has expired, the last one on 2020-01-01T00:00:00Z',
  )
  const soon = await register({ group: 'soon.example.com', url: 'https://127.0.0.1:1' })
  expect(soon.headers['warning']).toContain('its last certificate expires on')
  const conditions = await conditionsOf('broken.example.com', ({ type }) => type === 'TLSVerified')
  expect(conditions['TLSVerified']?.message).toContain('unable to parse bytes as PEM block')
  // It was never available: AVL-8 with the reason that the proxy would give (PRX-4), which is kept from it by PRX-2.
  expect(conditions['Available']).toMatchObject({
    status: 'False',
    reason: 'FailedDiscoveryCheck',
    message: 'unable to load root certificates: unable to parse bytes as PEM block',
  })
  expect((await client.get('/apis/broken.example.com/v1')).text).toBe('service unavailable\n')
})

test('AVL-2 before the bundle: a Service that is not there is what upstream complains of first', async () => {
  const spec = {
    group: 'nobundle.example.com',
    version: 'v1',
    groupPriorityMinimum: 1000,
    versionPriority: 15,
    service: { namespace: 'demo', name: 'missing' },
    caBundle: Buffer.from('no PEM').toString('base64'),
  }
  await client.post(collection, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.nobundle.example.com' },
    spec,
  })
  const conditions = await conditionsOf('nobundle.example.com', ({ type }) => type === 'TLSVerified')
  expect(conditions['Available']).toMatchObject({ status: 'False', reason: 'ServiceNotFound' })
})

test('PRX-4: a bundle that breaks later is 500 with its text', async () => {
  const group = 'breaking.example.com'
  const server = await serve(wellBehaved(group))
  await register({ group, url: `https://127.0.0.1:${server.port}` })
  await conditionsOf(group, passed)
  const caBundle = Buffer.from('no PEM').toString('base64')
  await client.patch(`${collection}/v1.${group}`, { spec: { caBundle } }, 'merge')
  const answer = await client.get(`/apis/${group}/v1/things`)
  expect([answer.status, answer.text]).toEqual([
    500,
    'unable to load root certificates: unable to parse bytes as PEM block\n',
  ])
})

test('APS-1: v1beta1 when it is asked for', async () => {
  const created = await client.post('/apis/apiregistration.k8s.io/v1beta1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1beta1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { namespace: 'kube-system', name: 'metrics-server' },
    },
  })
  expect([created.status, created.json.apiVersion]).toEqual([201, 'apiregistration.k8s.io/v1beta1'])
  expect((await client.get(`${collection}/v1beta1.metrics.k8s.io`)).json.apiVersion).toBe('apiregistration.k8s.io/v1')
})

describe('metrics', () => {
  const metric = (name: string, labels: RegExp) => metricValue(client, name, labels)

  test('requests to servers behind are counted with their group, version and resource', async () => {
    const group = 'metered.example.com'
    const server = await serve(wellBehaved(group))
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    await conditionsOf(group, passed)
    const labels = (resource: string, code: number): RegExp =>
      new RegExp(
        `verb="LIST",dry_run="",group="${group}",version="v1",resource="${resource}",subresource="",scope="namespace",component="apiserver",code="${code}"`,
      )
    await expect.poll(async () => (await discoveryOf(group)).freshness).toBe('Current')
    for (const resource of ['things', 'things', 'nonsense']) {
      await client.get(`/apis/${group}/v1/namespaces/default/${resource}`)
    }
    expect(await metric('apiserver_request_total', labels('things', 200))).toBe(2)
    // What its server does not list makes no series of its own.
    expect(await metric('apiserver_request_total', /resource="nonsense"/)).toBe(0)
  })

  test('AVL-18 AVL-19 PRX-9: servers that are not available, and requests that this costs', async () => {
    const group = 'unmetered.example.com'
    const name = new RegExp(`name="v1.${group}"`)
    const server = await serve(wellBehaved(group))
    await register({ group, url: `https://127.0.0.1:${server.port}` })
    await conditionsOf(group, passed)
    expect(await metric('aggregator_unavailable_apiservice', name)).toBe(0)
    await server.close()
    await client.patch(`${collection}/v1.${group}`, { spec: { versionPriority: 16 } }, 'merge')
    await conditionsOf(group, failed)
    expect(await metric('aggregator_unavailable_apiservice', name)).toBe(1)
    const total = new RegExp(`name="v1.${group}",reason="FailedDiscoveryCheck"`)
    await expect.poll(() => metric('aggregator_unavailable_apiservice_total', total)).toBe(1)
    await client.patch(`${collection}/v1.${group}`, { spec: { versionPriority: 17 } }, 'merge')
    await client.get(`/apis/${group}/v1/namespaces/default/things`)
    const refused = new RegExp(`group="${group}",.*resource="things",.*component="aggregator",code="503"`)
    expect(await metric('apiserver_request_terminations_total', refused)).toBe(1)
    await client.delete(`${collection}/v1.${group}`)
    expect((await client.get('/metrics')).text).not.toMatch(
      new RegExp(`aggregator_unavailable_apiservice\\{name="v1.${group}"`),
    )
    // One that never was available has not gone down.
    await register({ group, url: 'https://127.0.0.1:1' })
    await conditionsOf(group, failed)
    expect(await metric('aggregator_unavailable_apiservice', name)).toBe(1)
    expect(await metric('aggregator_unavailable_apiservice_total', total)).toBe(1)
  })

  test('TLS-5 OA2-5 AGD-9: certificates without names, and documents that were merged', async () => {
    const { text } = await client.get('/metrics')
    const valueOf = (series: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.slice(series.length),
      )
    // The test with a common name only has connected at least once.
    expect(valueOf('apiserver_kube_aggregator_x509_missing_san_total')).toBeGreaterThan(0)
    expect(valueOf('apiserver_kube_aggregator_x509_insecure_sha1_total')).toBe(0)
    expect(valueOf('aggregator_discovery_aggregation_count_total')).toBeGreaterThan(0)
    const regenerated = (reason: string) =>
      valueOf(`aggregator_openapi_v2_regeneration_count{apiservice="v1.swagger.example.com",reason="${reason}"}`)
    expect([regenerated('add'), regenerated('update'), regenerated('delete')]).toEqual([1, 1, 1])
    expect(text).toMatch(/^aggregator_openapi_v2_regeneration_duration\{reason="\w+"\} \d/m)
  })
})

test('RTE-4: /apis/ knows the plain document only', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
  expect((await client.get('/apis', { accept })).json.kind).toBe('APIGroupDiscoveryList')
  expect((await client.get('/apis/', { accept })).json.kind).toBe('APIGroupList')
})

test('/debug/aggregation tells where everything leads', async () => {
  const report = JSON.parse((await client.get('/debug/aggregation')).text) as readonly JsonObject[]
  expect(report.find(({ name }) => name === 'v1.apps')).toEqual({
    name: 'v1.apps',
    path: '/apis/apps/v1',
    backend: 'local',
    available: true,
  })
  expect(report.find(({ name }) => name === 'v1.mortal.example.com')).toMatchObject({
    path: '/apis/mortal.example.com/v1',
    backend: 'demo/api:443',
    available: true,
    certificate: { subject: 'CN=api' },
    probe: { reason: 'Passed' },
    discovery: { resources: 1 },
  })
})
