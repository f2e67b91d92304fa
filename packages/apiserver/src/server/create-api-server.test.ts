import { request as httpsRequest } from 'node:https'
import { systemClock } from '@fairlead/apimachinery'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildAuthenticator } from '../authentication/build-authenticator.ts'
import { alwaysAllow } from '../authorization/authorizers.ts'
import { type HealthCheck, pingCheck } from '../endpoints/health-checks.ts'
import type { PartialHandler } from '../endpoints/compose-handlers.ts'
import { textResponse } from '../request/responses.ts'
import { createTestAuthority, type TestAuthority, type TestCertificate } from '../serving/testing/certificates.ts'
import { openHttp2, receive, requestHttp1, requestHttp2 } from '../serving/testing/http-client.ts'
import { type ApiServer, type ApiServerOptions, createApiServer } from './create-api-server.ts'

let authority: TestAuthority
let certificate: TestCertificate
let admin: TestCertificate
let server: ApiServer
let unwell = ''

beforeAll(async () => {
  authority = await createTestAuthority('authority')
  certificate = await authority.issue({ subject: [{ CN: ['server'] }], usage: 'server' })
  admin = await authority.issue({ subject: [{ O: ['system:masters'] }, { CN: ['admin'] }], usage: 'client' })
})

const storage: HealthCheck = {
  name: 'etcd',
  check: () => {
    if (unwell !== '') throw new Error(unwell)
  },
}

const echo: PartialHandler = async (context) => {
  const { info, request, user, signal } = context
  if (!info.isResourceRequest) return undefined
  if (info.verb === 'watch') {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: async (sink) => {
        sink.write(Buffer.from('{"type":"BOOKMARK"}\n'))
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      },
    }
  }
  const body = await request.body.bytes(3_145_728)
  return textResponse(`${user.name} ${info.verb} ${info.resource} ${body.length}`)
}

function start(options: Partial<ApiServerOptions> = {}): ApiServer {
  unwell = ''
  server = createApiServer({
    clock: systemClock,
    log: { error: () => undefined },
    authenticate: buildAuthenticator({ clock: systemClock }),
    authorizer: alwaysAllow,
    handlers: [echo],
    healthChecks: () => [storage],
    readinessChecks: () => [{ ...pingCheck, name: 'informer-sync' }],
    paths: () => ['/api', '/apis', '/apis/apps'],
    isServed: (info) => info.resource === 'nodes',
    processMetrics: true,
    ...options,
  })
  return server
}

const address = () => ({ host: '127.0.0.1', port: 0, tls: { ...certificate, clientCa: authority.certificate } })
const call = () => {
  const transport = start().transport({ name: 'admin', groups: ['system:masters'] })
  return async (path: string, method = 'GET') => {
    const response = await transport({ method, path })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}

afterEach(async () => {
  await server.shutDown({ requestGrace: 0, watchGrace: 0 })
})

describe('health', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['/healthz', 200, 'ok'],
    ['/healthz?verbose', 200, '[+]ping ok\n[+]etcd ok\nhealthz check passed\n'],
    ['/livez?verbose=false', 200, '[+]ping ok\n[+]etcd ok\nlivez check passed\n'],
    [
      '/readyz?verbose&exclude=etcd&exclude=b&exclude=a',
      200,
      '[+]ping ok\n[+]etcd excluded: ok\n[+]informer-sync ok\n[+]shutdown ok\nwarn: some health checks cannot be excluded: no matches for "a", "b"\nreadyz check passed\n',
    ],
    ['/healthz/etcd', 200, 'ok'],
    ['/readyz/informer-sync', 200, 'ok'],
    ['/healthz/informer-sync', 404, '404 page not found\n'],
    ['/healthz/nope', 404, '404 page not found\n'],
  ]
  test.each(cases)('%s', async (path, code, text) => {
    const answer = await call()(path)
    expect([answer.status, answer.text]).toEqual([code, text])
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test('a failure is listed without its reason', async () => {
    const get = call()
    unwell = 'disk <on fire>'
    expect(await get('/livez')).toMatchObject({
      status: 500,
      text: '[+]ping ok\n[-]etcd failed: reason withheld\nlivez check failed\n',
    })
    expect(await get('/livez/etcd')).toMatchObject({ status: 500, text: 'internal server error: disk <on fire>\n' })
    expect(await get('/livez?exclude=etcd')).toMatchObject({ status: 200, text: 'ok' })
  })
})

describe('other paths', () => {
  test('/version', async () => {
    const answer = await call()('/version')
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.text.split('\n').slice(0, 4)).toEqual([
      '{',
      '  "major": "1",',
      '  "minor": "36",',
      '  "emulationMajor": "1",',
    ])
    expect(JSON.parse(answer.text)).toMatchObject({
      gitVersion: 'v1.36.2',
      compiler: 'gc',
      minCompatibilityMinor: '35',
    })
    expect((await call()('/version', 'POST')).status).toBe(405)
  })

  test('/ lists what there is', async () => {
    const { paths } = JSON.parse((await call()('/')).text) as { paths: string[] }
    expect(paths).toEqual([...paths].sort())
    expect(paths).toEqual(
      expect.arrayContaining([
        '/api',
        '/apis',
        '/apis/apps',
        '/healthz',
        '/healthz/etcd',
        '/metrics',
        '/readyz/shutdown',
      ]),
    )
  })

  test('what nobody serves is not found', async () => {
    expect(await call()('/nowhere')).toMatchObject({
      status: 404,
      text: '404 page not found\n',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    })
  })
})

describe('metrics', () => {
  test('requests are counted by what they are for, strangers together', async () => {
    const get = call()
    await get('/api/v1/nodes')
    await get('/api/v1/nodes')
    await get('/api/v1/unknown-1')
    await get('/apis/x/v9/unknown-2')
    await get('/nowhere')
    const { text, headers } = await get('/metrics')
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = text.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE apiserver_request_total counter',
        'apiserver_request_total{verb="LIST",dry_run="",group="",version="v1",resource="nodes",subresource="",scope="cluster",component="apiserver",code="200"} 2',
        'apiserver_request_total{verb="LIST",dry_run="",group="",version="",resource="",subresource="",scope="",component="apiserver",code="200"} 2',
        'apiserver_request_total{verb="GET",dry_run="",group="",version="",resource="",subresource="",scope="",component="apiserver",code="404"} 1',
        'apiserver_request_duration_seconds_count{verb="LIST",dry_run="",group="",version="v1",resource="nodes",subresource="",scope="cluster",component="apiserver"} 2',
        'apiserver_request_sli_duration_seconds_count{verb="LIST",group="",version="v1",resource="nodes",subresource="",scope="cluster",component="apiserver"} 2',
        'apiserver_response_sizes_bucket{verb="LIST",group="",version="v1",resource="nodes",subresource="",scope="cluster",component="apiserver",le="1000"} 2',
        'apiserver_current_inflight_requests{request_kind="readOnly"} 1',
        expect.stringMatching(/^kubernetes_build_info\{.*git_version="v1.36.2".*\} 1$/),
        expect.stringMatching(/^process_resident_memory_bytes \d+$/),
      ]),
    )
    expect(text).not.toContain('unknown')
    expect(
      lines.filter((line) => line !== '' && !/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [-+.\deInfNa]+)$/.test(line)),
    ).toEqual([])
  })

  test('counters can be set back', async () => {
    const get = call()
    await get('/api/v1/nodes')
    expect(await get('/metrics', 'DELETE')).toMatchObject({ status: 200, text: 'metrics reset\n' })
    expect((await get('/metrics')).text).toMatch(/apiserver_request_total\{verb="LIST".*resource="nodes".*\} 0\n/)
    await get('/api/v1/nodes')
    expect((await get('/metrics')).text).toMatch(/apiserver_request_total\{verb="LIST".*resource="nodes".*\} 1\n/)
  })
})

describe('over the network', () => {
  test('certificates identify, strangers are refused and their HTTP/2 connection ends', async () => {
    const listener = await start().listen(address())
    const session = openHttp2(listener.port, {
      ca: authority.certificate,
      cert: admin.certificate,
      key: admin.key,
    })
    expect((await requestHttp2(session, { ':path': '/api/v1/nodes' })).body).toBe('admin list nodes 0')
    session.close()

    const stranger = openHttp2(listener.port, { ca: authority.certificate })
    const closed = new Promise((resolve) => stranger.on('close', resolve))
    expect((await requestHttp2(stranger, { ':path': '/api/v1/nodes' })).status).toBe(401)
    await closed
    const probe = await requestHttp1({ port: listener.port, ca: authority.certificate, path: '/readyz' })
    expect([probe.status, probe.body]).toEqual([200, 'ok'])
  })

  test('a body beyond the limit', async () => {
    const listener = await start().listen(address())
    const client = { port: listener.port, ca: authority.certificate, cert: admin.certificate, key: admin.key }
    const body = Buffer.alloc(3_145_729)
    const answer = await requestHttp1({ ...client, method: 'POST', path: '/api/v1/nodes', body })
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    })
    const fits = await requestHttp1({ ...client, method: 'POST', path: '/api/v1/nodes', body: body.subarray(1) })
    expect(fits.body).toBe('admin create nodes 3145728')
  })

  test('a body that does not come: the deadline ends the wait, over either protocol', async () => {
    const listener = await start({ requestTimeout: 100 }).listen(address())
    const client = { port: listener.port, ca: authority.certificate, cert: admin.certificate, key: admin.key }
    const session = openHttp2(client.port, client)
    const stream = session.request({ ':method': 'POST', ':path': '/api/v1/nodes' })
    stream.write('{"kind":')
    const late = await receive(stream)
    expect([late.status, late.body]).toEqual([
      504,
      expect.stringContaining('did not complete within the allotted timeout'),
    ])
    session.close()

    const request = httpsRequest({ ...client, host: '127.0.0.1', method: 'POST', path: '/api/v1/nodes', agent: false })
    request.on('error', () => undefined)
    request.write('{"kind":')
    const status = await new Promise((resolve) => request.on('response', (response) => resolve(response.statusCode)))
    expect(status).toBe(504)
    request.destroy()
  })

  test('shutdown: not ready first, watches end cleanly, new requests are refused, then the listener is gone', async () => {
    const listener = await start().listen(address())
    const session = openHttp2(listener.port, { ca: authority.certificate, cert: admin.certificate, key: admin.key })
    const watch = requestHttp2(session, { ':path': '/api/v1/nodes?watch' })
    await requestHttp2(session, { ':path': '/api/v1/nodes' })
    const seen: number[] = []
    await server.shutDown({
      beforeClose: async () => {
        const get = server.transport({ name: 'admin', groups: [] })
        seen.push((await get({ method: 'GET', path: '/readyz' })).status)
        seen.push((await get({ method: 'GET', path: '/livez' })).status)
        seen.push((await get({ method: 'GET', path: '/api/v1/nodes' })).status)
      },
      afterClose: async () => {
        const get = server.transport({ name: 'admin', groups: [] })
        const refused = await get({ method: 'GET', path: '/api/v1/nodes' })
        seen.push(refused.status, Number(refused.headers['retry-after']))
      },
    })
    expect(seen).toEqual([500, 200, 200, 503, 1])
    expect(await watch).toMatchObject({ status: 200, body: '{"type":"BOOKMARK"}\n' })
    await expect(requestHttp1({ port: listener.port, ca: authority.certificate, path: '/livez' })).rejects.toThrow()
  })
})
