import { Readable } from 'node:stream'
import { Agent } from 'node:https'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { headerValues } from '../request/request-headers.ts'
import { textResponse } from '../request/responses.ts'
import { type Listener, listen } from './listener.ts'
import { createTestAuthority, type TestAuthority, type TestCertificate } from './testing/certificates.ts'
import { openHttp2, requestHttp1, requestHttp2 } from './testing/http-client.ts'
import { acceptWebSocket } from './websocket.ts'

let authority: TestAuthority
let stranger: TestAuthority
let server: TestCertificate
let client: TestCertificate
let listener: Listener
const reports: string[] = []

beforeAll(async () => {
  authority = await createTestAuthority('test authority')
  stranger = await createTestAuthority('stranger')
  server = await authority.issue({ subject: [{ CN: ['127.0.0.1'] }], usage: 'server' })
  client = await authority.issue({ subject: [{ O: ['system:masters'] }, { CN: ['jane'] }], usage: 'client' })
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: { ...server, clientCa: authority.certificate },
    handle,
    report: (message, error) => reports.push(`${message}: ${String(error)}`),
    limits: { headerBytes: 16_384, lingerTimeout: 5_000 },
  })
})

afterAll(async () => {
  await end(listener)
})

async function handle(request: ApiRequest): Promise<ApiResponse> {
  switch (request.path) {
    case '/echo': {
      const body = await request.body.bytes(1000).catch((error: { code: number }) => error.code)
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'x-many': ['a', 'b'], connection: undefined },
        body: JSON.stringify({
          method: request.method,
          rawPath: request.rawPath,
          query: request.rawQuery,
          host: request.headers['host'],
          protocol: request.protocol,
          groups: headerValues(request, 'impersonate-group'),
          pseudo: Object.keys(request.headers).filter((name) => name.startsWith(':')),
          certificate: request.peerCertificate?.certificate.subject ?? null,
          verificationError: request.peerCertificate?.verificationError ?? null,
          body: typeof body === 'number' ? body : Buffer.from(body).toString(),
        }),
      }
    }
    case '/stream':
      return {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: async (sink) => {
          for (let index = 0; index < 64; index++) {
            if (!sink.write(Buffer.alloc(65_536, index))) await sink.drained()
          }
        },
      }
    case '/broken':
      return {
        status: 200,
        headers: {},
        body: (sink) => {
          sink.write(Buffer.from('partial'))
          return Promise.reject(new Error('lost'))
        },
      }
    case '/until-gone':
      return {
        status: 200,
        headers: {},
        body: async (sink) => {
          sink.write(Buffer.from('started'))
          await new Promise((resolve) => sink.signal.addEventListener('abort', resolve))
          gone.resolve()
        },
      }
    case '/bad-header':
      return { status: 200, headers: { 'x-bad': 'a\nb' } }
    case '/early':
      return { status: 413, headers: {}, body: 'too large' }
    case '/close':
      return { status: 401, headers: { connection: 'close' }, body: 'no' }
    case '/upload': {
      let size = 0
      for await (const chunk of request.body.stream()) size += chunk.length
      return textResponse(String(size))
    }
    case '/taken':
      request.upgrade?.accept()
      return { status: 500, headers: {}, body: 'too late' }
    case '/socket': {
      if (request.upgrade === undefined) return textResponse('plain')
      const socket = await acceptWebSocket(request)
      socket.send(`welcome ${socket.protocol}`)
      await new Promise((resolve) => socket.on('close', resolve))
      return { status: 101, headers: {}, upgraded: true }
    }
    default:
      return { status: 404, headers: {}, body: 'nothing here' }
  }
}

function end(ending: Listener): Promise<void> {
  const released = ending.release()
  ending.cut()
  return released
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
let gone = deferred()

const tls = (): { ca: string; port: number } => ({ ca: authority.certificate, port: listener.port })

describe('both protocols give the same request', () => {
  const headers = { 'impersonate-group': ['a, b', 'c'] }

  test('HTTP/1.1', async () => {
    const answer = await requestHttp1({ ...tls(), method: 'POST', path: '/echo?x=%41', headers, body: 'hello' })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'x-many': 'a, b', 'content-type': 'application/json' })
    expect(JSON.parse(answer.body)).toEqual({
      method: 'POST',
      rawPath: '/echo',
      query: 'x=%41',
      host: `127.0.0.1:${listener.port}`,
      protocol: 'HTTP/1.1',
      groups: ['a, b', 'c'],
      pseudo: [],
      certificate: null,
      verificationError: null,
      body: 'hello',
    })
  })

  test('HTTP/2', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    const answer = await requestHttp2(session, { ':method': 'POST', ':path': '/echo?x=%41', ...headers }, 'hello')
    expect(answer.headers).toMatchObject({ 'x-many': 'a, b' })
    expect(JSON.parse(answer.body)).toMatchObject({
      method: 'POST',
      rawPath: '/echo',
      query: 'x=%41',
      host: `127.0.0.1:${listener.port}`,
      protocol: 'HTTP/2.0',
      groups: ['a, b', 'c'],
      pseudo: [],
      body: 'hello',
    })
    session.close()
  })

  test('a target in absolute form', async () => {
    const answer = await requestHttp1({ ...tls(), path: 'https://elsewhere.example/echo?a' })
    expect(JSON.parse(answer.body)).toMatchObject({ rawPath: '/echo', query: 'a' })
  })

  test('client certificates', async () => {
    const ours = await requestHttp1({ ...tls(), path: '/echo', cert: client.certificate, key: client.key })
    expect(JSON.parse(ours.body)).toMatchObject({
      certificate: 'O=system:masters\nCN=jane',
      verificationError: null,
    })
    const theirs = await stranger.issue({ subject: [{ CN: ['mallory'] }], usage: 'client' })
    const session = openHttp2(listener.port, { ca: authority.certificate, cert: theirs.certificate, key: theirs.key })
    const foreign = await requestHttp2(session, { ':path': '/echo' })
    expect(JSON.parse(foreign.body)).toMatchObject({
      certificate: 'CN=mallory',
      verificationError: expect.stringMatching(/CERT|UNABLE/),
    })
    session.close()
    const asServer = await requestHttp1({ ...tls(), path: '/echo', cert: server.certificate, key: server.key })
    expect(JSON.parse(asServer.body)).toMatchObject({ verificationError: 'INVALID_PURPOSE' })
  })
})

describe('responses', () => {
  test('HEAD has the length and no body', async () => {
    const http1 = await requestHttp1({ ...tls(), method: 'HEAD', path: '/nowhere' })
    expect([http1.status, http1.headers['content-length'], http1.body]).toEqual([404, '12', ''])
    const session = openHttp2(listener.port, { ca: authority.certificate })
    const http2 = await requestHttp2(session, { ':method': 'HEAD', ':path': '/nowhere' })
    expect([http2.status, http2.headers['content-length'], http2.body]).toEqual([404, '12', ''])
    const streamed = await requestHttp2(session, { ':method': 'HEAD', ':path': '/stream' })
    expect([streamed.status, streamed.body]).toEqual([200, ''])
    session.close()
  })

  test('a streamed body arrives whole', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    const [http1, http2] = await Promise.all([
      requestHttp1({ ...tls(), path: '/stream' }),
      requestHttp2(session, { ':path': '/stream' }),
    ])
    expect(http1.headers['transfer-encoding']).toBe('chunked')
    expect(http1.body.length).toBe(64 * 65_536)
    expect(http2.body.length).toBe(64 * 65_536)
    session.close()
  })

  test('a writer that fails breaks the response off', async () => {
    await expect(requestHttp1({ ...tls(), path: '/broken' })).rejects.toThrow()
    const session = openHttp2(listener.port, { ca: authority.certificate })
    await expect(requestHttp2(session, { ':path': '/broken' })).rejects.toThrow('NGHTTP2_INTERNAL_ERROR')
    session.close()
    expect(reports.filter((report) => report.includes('lost'))).toHaveLength(2)
  })

  test('a client that goes away aborts the writer', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    gone = deferred()
    const stream = session.request({ ':path': '/until-gone' })
    await new Promise((resolve) => stream.once('data', resolve))
    stream.close(8)
    await gone.promise
    gone = deferred()
    const abort = new AbortController()
    const other = session.request({ ':path': '/until-gone' }, { signal: abort.signal })
    other.on('error', () => undefined)
    await new Promise((resolve) => other.once('data', resolve))
    session.destroy()
    await gone.promise
    expect(session.destroyed).toBe(true)
  })

  test('connection: close ends an HTTP/2 connection after its streams', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    const closed = new Promise((resolve) => session.on('close', resolve))
    const answer = await requestHttp2(session, { ':path': '/close' })
    expect([answer.status, answer.body, answer.headers['connection']]).toEqual([401, 'no', undefined])
    await closed
  })
})

describe('bodies beyond the limit', () => {
  const large = Buffer.alloc(100 << 20)
  const chunks = (count: number): Readable => Readable.from(Array.from({ length: count }, () => Buffer.alloc(65_536)))

  test('a declared length is refused without reading', async () => {
    const answer = await requestHttp1({ ...tls(), method: 'POST', path: '/echo', body: Buffer.alloc(1001) })
    expect(JSON.parse(answer.body)).toMatchObject({ body: 413 })
  })

  test('chunks are refused as soon as they are too many', async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    const answer = await requestHttp1({ ...tls(), method: 'POST', path: '/echo', headers, body: Buffer.alloc(5000) })
    expect(JSON.parse(answer.body)).toMatchObject({ body: 413 })
  })

  test('100 MB over HTTP/1.1: the answer comes through and the connection ends', async () => {
    const answer = await requestHttp1({ ...tls(), method: 'POST', path: '/early', body: large })
    expect([answer.status, answer.headers['connection']]).toEqual([413, 'close'])
  })

  test('100 MB over HTTP/2: only that stream ends, and the connection stays usable', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    for (let round = 0; round < 3; round++) {
      const answer = await requestHttp2(session, { ':method': 'POST', ':path': '/early' }, chunks(1600))
      expect(answer.status).toBe(413)
    }
    const upload = await requestHttp2(session, { ':method': 'POST', ':path': '/upload' }, chunks(320))
    expect(upload.body).toBe(String(20 << 20))
    session.close()
  })

  test('Expect: 100-continue is answered when the body is read', async () => {
    const answer = await rawRequest(
      'POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    const refused = await rawRequest(
      'POST /early HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nhi',
    )
    expect(refused).toMatch(/^HTTP\/1\.1 413 /)
  })
})

test('HTTP/1.1 connections are kept for the next request', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sockets = new Set<unknown>()
  agent.on('free', (socket) => sockets.add(socket))
  for (let round = 0; round < 3; round++) {
    expect((await requestHttp1({ ...tls(), agent, method: 'POST', path: '/echo', body: 'x' })).status).toBe(200)
    expect((await requestHttp1({ ...tls(), agent, path: '/nowhere' })).status).toBe(404)
  }
  expect(sockets.size).toBe(1)
  agent.destroy()
})

test('a header that cannot be sent breaks the exchange off, not the server', async () => {
  await expect(requestHttp1({ ...tls(), path: '/bad-header' })).rejects.toThrow()
  const session = openHttp2(listener.port, { ca: authority.certificate })
  await expect(requestHttp2(session, { ':path': '/bad-header' })).rejects.toThrow('NGHTTP2_INTERNAL_ERROR')
  session.close()
  expect(reports.filter((report) => report.includes('Invalid character'))).toHaveLength(2)
})

describe('hostile requests', () => {
  const bad: readonly (readonly [string, string])[] = [
    ['two lengths', 'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
    [
      'length and chunks',
      'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['space before the colon', 'GET /echo HTTP/1.1\r\nhost : a\r\n\r\n'],
    ['folded header', 'GET /echo HTTP/1.1\r\nhost: a\r\nx: b\r\n c\r\n\r\n'],
    ['bare line feed in a header', 'GET /echo HTTP/1.1\r\nhost: a\r\nx: b\nauthorization: c\r\n\r\n'],
    ['invalid percent encoding', 'GET /echo/%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['path that is not UTF-8', 'GET /echo/%ff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['no Host', 'GET /echo HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['two Hosts', 'GET /echo HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n'],
    ['two Hosts, upgrading', 'GET /echo HTTP/1.1\r\nhost: a\r\nHost: b\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
    ['no path', 'GET echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
  ]
  test.each(bad)('%s: 400', async (_, request) => {
    expect(await rawRequest(request)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  })

  test('headers beyond the limit: 431', async () => {
    const request = `GET /echo HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`
    expect(await rawRequest(request)).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('more headers than the limit are refused, not dropped: 431', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: y\r\n`).join('')
    const request = (count: number) => `GET /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${many(count)}\r\n`
    expect(await rawRequest(request(998))).toMatch(/^HTTP\/1\.1 200 /)
    expect(await rawRequest(request(999))).toMatch(/^HTTP\/1\.1 431 /)
    expect(await rawRequest(request(1500))).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('a transfer coding besides chunked: 501', async () => {
    const request = 'POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'
    expect(await rawRequest(request)).toMatch(/^HTTP\/1\.1 501 /)
  })

  test('HTTP/1.0 needs no Host', async () => {
    expect(await rawRequest('GET /echo HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('headers beyond the limit over HTTP/2 end the stream, not the server', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    const answer = await requestHttp2(session, { ':path': '/echo', x: 'y'.repeat(20_000) })
    expect([answer.status, answer.body]).toEqual([431, '431 Request Header Fields Too Large\n'])
    await expect(
      requestHttp2(session, { ':path': '/echo', x: 'y'.repeat(60_000), z: 'y'.repeat(60_000) }),
    ).rejects.toThrow()
    session.close()
    expect((await requestHttp1({ ...tls(), path: '/echo' })).status).toBe(200)
  })

  test('an invalid path over HTTP/2: 400', async () => {
    const session = openHttp2(listener.port, { ca: authority.certificate })
    const answer = await requestHttp2(session, { ':path': '/echo/%c3' })
    expect([answer.status, answer.body]).toEqual([400, '400 Bad Request\n'])
    session.close()
  })

  test('a connection that never finishes its headers is ended', async () => {
    const short = await listen({
      host: '127.0.0.1',
      port: 0,
      tls: server,
      handle,
      report: () => undefined,
      limits: { headersTimeout: 50, handshakeTimeout: 50 },
    })
    const socket = connectTls({ port: short.port, host: '127.0.0.1', ca: authority.certificate })
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n')
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /)
    await end(short)
  })
})

describe('a response that nobody reads is given up', () => {
  let impatient: Listener
  const ended: string[] = []
  beforeAll(async () => {
    impatient = await listen({
      host: '127.0.0.1',
      port: 0,
      tls: server,
      handle: async (request) => {
        request.signal.addEventListener('abort', () => ended.push(request.path))
        return { status: 200, headers: {}, body: Buffer.alloc(request.path === '/small' ? 1000 : 50_000_000) }
      },
      report: () => undefined,
      limits: { stallTimeout: 50 },
    })
  })
  afterAll(() => end(impatient))

  test('over HTTP/2', async () => {
    const session = openHttp2(impatient.port, { ca: authority.certificate })
    const stream = session.request({ ':path': '/http2' })
    const failed = new Promise((resolve) => stream.on('error', resolve).on('close', resolve))
    await expect.poll(() => ended).toContain('/http2')
    await failed
    expect((await requestHttp2(session, { ':path': '/small' })).status).toBe(200)
    session.destroy()
  })

  test('over HTTP/1.1', async () => {
    const socket = connectTls({ port: impatient.port, host: '127.0.0.1', ca: authority.certificate })
    socket.on('error', () => undefined)
    socket.write('GET /http1 HTTP/1.1\r\nhost: a\r\n\r\n')
    await expect.poll(() => ended).toContain('/http1')
    socket.destroy()
  })

  test('but not one that is read slowly', async () => {
    const session = openHttp2(impatient.port, { ca: authority.certificate })
    const stream = session.request({ ':path': '/slow' })
    let length = 0
    for await (const chunk of stream) length += (chunk as Buffer).length
    expect(length).toBe(50_000_000)
    session.destroy()
  })
})

describe('upgrades', () => {
  test('a WebSocket', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${listener.port}/socket`, ['v5.channel.k8s.io', 'other'], {
      ca: authority.certificate,
    })
    const message = await new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve(data.toString()))
      socket.on('error', reject)
    })
    expect(message).toBe('welcome v5.channel.k8s.io')
    socket.close()
  })

  test('a failure after the connection was taken over ends it', async () => {
    const answer = await rawRequest(
      'GET /taken HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: SPDY/3.1\r\n\r\n',
    )
    expect(answer).toBe('')
  })

  test('a handler may answer an upgrade request plainly', async () => {
    const answer = await rawRequest(
      'GET /early HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n(?:.*\r\n)*\r\ntoo large$/)
  })
})

describe('the life of a listener', () => {
  test('certificates are replaced while it runs', async () => {
    const next = await stranger.issue({ subject: [{ CN: ['127.0.0.1'] }], usage: 'server' })
    const other = await listen({ host: '127.0.0.1', port: 0, tls: server, handle, report: () => undefined })
    const call = (ca: string) => requestHttp1({ port: other.port, ca, path: '/echo', ...certificateOf(client) })
    expect(JSON.parse((await call(authority.certificate)).body)).toMatchObject({
      verificationError: expect.stringMatching(/CERT/),
    })
    other.replaceTls({ ...next, clientCa: authority.certificate })
    await expect(call(authority.certificate)).rejects.toThrow()
    expect(JSON.parse((await call(stranger.certificate)).body)).toMatchObject({ verificationError: null })
    expect(() => other.replaceTls({ certificate: next.certificate, key: server.key })).toThrow('mismatch')
    await end(other)
  })

  test('release lets what runs finish, and refuses what is new', async () => {
    const started = deferred()
    const finish = deferred()
    const slow = async (): Promise<ApiResponse> => {
      started.resolve()
      await finish.promise
      return textResponse('done')
    }
    const other = await listen({ host: '127.0.0.1', port: 0, tls: server, handle: slow, report: () => undefined })
    const idle = connectTls({ port: other.port, host: '127.0.0.1', ca: authority.certificate })
    await new Promise((resolve) => idle.once('secureConnect', resolve))
    const session = openHttp2(other.port, { ca: authority.certificate })
    const running = requestHttp2(session, { ':path': '/' })
    await started.promise
    const closing = other.release()
    await readAll(idle)
    await expect(requestHttp1({ port: other.port, ca: authority.certificate, path: '/' })).rejects.toThrow(
      'ECONNREFUSED',
    )
    finish.resolve()
    expect((await running).body).toBe('done')
    await closing
  })

  test('cut ends what does not end by itself', async () => {
    const other = await listen({ host: '127.0.0.1', port: 0, tls: server, handle, report: () => undefined })
    const session = openHttp2(other.port, { ca: authority.certificate })
    const closed = new Promise((resolve) => session.on('close', resolve))
    gone = deferred()
    const stream = session.request({ ':path': '/until-gone' })
    stream.on('error', () => undefined)
    await new Promise((resolve) => stream.once('data', resolve))
    await end(other)
    await gone.promise
    await closed
    expect(stream.destroyed).toBe(true)
  })

  test('an address in use rejects', async () => {
    await expect(
      listen({ host: '127.0.0.1', port: listener.port, tls: server, handle, report: () => undefined }),
    ).rejects.toThrow('EADDRINUSE')
  })
})

function certificateOf(pair: TestCertificate): { cert: string; key: string } {
  return { cert: pair.certificate, key: pair.key }
}

function rawRequest(text: string): Promise<string> {
  const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: authority.certificate })
  socket.write(text)
  return readAll(socket)
}

function readAll(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
}
