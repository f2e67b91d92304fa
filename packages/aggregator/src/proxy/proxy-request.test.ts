import { once } from 'node:events'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import { systemClock } from '@fairlead/apimachinery'
import type { UserInfo } from '@fairlead/apiserver'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { networkBackend } from '../backend/network-backend.ts'
import type { ClientCertificate } from '../backend/tls-target.ts'
import { createTransport } from '../backend/transport.ts'
import { createTestAuthority, type TestAuthority, type TestCertificate } from '../testing/authority.ts'
import { http1, http2, receive } from '../testing/client.ts'
import { type ExtensionServer, type ExtensionServerOptions, startExtensionServer } from '../testing/extension-server.ts'
import { type Front, startFront } from '../testing/front.ts'
import { proxyRequest } from './proxy-request.ts'

let authority: TestAuthority
let proxyAuthority: TestAuthority
let certificate: TestCertificate
let proxyCertificate: TestCertificate
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(async () => {
  authority = await createTestAuthority('servers')
  proxyAuthority = await createTestAuthority('front-proxy-ca')
  certificate = await authority.issue({ commonName: 'api', usage: 'server', names: ['api.wardle.svc', 'localhost'] })
  proxyCertificate = await proxyAuthority.issue({ commonName: 'front-proxy-client', usage: 'client' })
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Setup {
  readonly server: ExtensionServer
  readonly front: Front
}

async function start(
  options: Partial<Omit<ExtensionServerOptions, 'port'>> & {
    readonly user?: () => UserInfo
    readonly rejectRedirects?: boolean
    readonly port?: () => number
    readonly clientCertificate?: () => ClientCertificate | undefined
    readonly serverName?: string
    readonly caBundle?: string
    readonly requestTimeout?: number
  } = {},
): Promise<Setup> {
  const server = await startExtensionServer({
    certificate,
    clientCa: proxyAuthority.certificate,
    handle: (_request, answer) => answer.end('ok'),
    ...options,
    port: 0,
  })
  const transport = createTransport({
    target: {
      serverName: options.serverName ?? 'api.wardle.svc',
      caBundle: options.caBundle ?? authority.certificate,
      insecureSkipTlsVerify: false,
    },
    clientCertificate: options.clientCertificate ?? (() => proxyCertificate),
    clock: systemClock,
  })
  const backend = networkBackend(transport, {
    resolve: () => ({ host: '127.0.0.1', port: options.port?.() ?? server.port }),
    usesService: true,
  })
  const front = await startFront({
    authority,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
    handlers: [
      (context) =>
        proxyRequest(context, backend, {
          clock: systemClock,
          rejectRedirects: options.rejectRedirects ?? true,
          onFailure: () => undefined,
          onRefused: () => undefined,
        }),
    ],
  })
  cleanups.push(
    () => server.close(),
    () => transport.destroy(),
    () => front.close(),
  )
  return { server, front }
}

const flunders = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders'

function echo(
  request: Parameters<ExtensionServerOptions['handle']>[0],
  answer: Parameters<ExtensionServerOptions['handle']>[1],
) {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const raw: [string, string][] = []
    for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
      const [name, value] = [request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '']
      raw.push([name.toLowerCase(), Buffer.from(value, 'latin1').toString('utf8')])
    }
    answer.setHeader('content-type', 'application/json')
    const body = { method: request.method, url: request.url, headers: raw, body: Buffer.concat(chunks).toString() }
    answer.end(JSON.stringify(body))
  })
}

interface Echoed {
  readonly method: string
  readonly url: string
  readonly headers: readonly [string, string][]
  readonly body: string
}

function valuesOf(echoed: Echoed, name: string): readonly string[] {
  return echoed.headers.filter(([header]) => header === name).map(([, value]) => value)
}

test('PRX-11 PRX-15 PRX-17 PRX-19: request line, identity and forwarding headers over HTTP/2', async () => {
  const user = {
    name: 'jürgen',
    uid: '42',
    groups: ['a,b', 'ünï', 'system:authenticated'],
    extra: { 'example.com/team': ['x', 'y,z'], 'scopes.authorization.openshift.io': ['all'], 'a%b': ['1'] },
  }
  const { front, server } = await start({ handle: echo, user: () => user })
  const answer = await http2(
    front.http2(),
    `${flunders}/a%2Fb/?z=1&a=%20x&a=2;3&b&a=1`,
    {
      ':method': 'POST',
      'x-remote-user': 'system:admin',
      'X-Remote-Group': ['system:masters'],
      'x-remote-extra-scopes': 'spoofed',
      'X-Remote-Uid': '0',
      'impersonate-user': '',
      'keep-alive-not': 'stays',
      authorization: 'Bearer secret',
      'x-forwarded-for': '203.0.113.9',
      'user-agent': 'kubectl',
      'content-type': 'application/json',
    },
    '{"kind":"Flunder"}',
  )
  expect(answer.status).toBe(200)
  const echoed = JSON.parse(answer.body) as Echoed
  expect(echoed.method).toBe('POST')
  expect(echoed.url).toBe(`${flunders}/a/b/?a=+x&a=1&b=&z=1`)
  expect(echoed.body).toBe('{"kind":"Flunder"}')
  expect(valuesOf(echoed, 'x-remote-user')).toEqual(['jürgen'])
  expect(valuesOf(echoed, 'x-remote-uid')).toEqual(['42'])
  expect(valuesOf(echoed, 'x-remote-group')).toEqual(['a,b', 'ünï', 'system:authenticated'])
  expect(valuesOf(echoed, 'x-remote-extra-example.com%2fteam')).toEqual(['x', 'y,z'])
  expect(valuesOf(echoed, 'x-remote-extra-scopes.authorization.openshift.io')).toEqual(['all'])
  expect(valuesOf(echoed, 'x-remote-extra-a%25b')).toEqual(['1'])
  expect(valuesOf(echoed, 'x-remote-extra-scopes')).toEqual([])
  expect(valuesOf(echoed, 'authorization')).toEqual([])
  expect(valuesOf(echoed, 'x-forwarded-for')).toEqual(['203.0.113.9, 127.0.0.1'])
  expect(valuesOf(echoed, 'x-forwarded-proto')).toEqual(['https'])
  expect(valuesOf(echoed, 'x-forwarded-host')).toEqual([`127.0.0.1:${server.port}`])
  expect(valuesOf(echoed, 'x-forwarded-uri')).toEqual([`${flunders}/a/b/`])
  expect(valuesOf(echoed, ':authority')).toEqual([`127.0.0.1:${server.port}`])
  expect(valuesOf(echoed, 'audit-id')).toEqual([answer.headers['audit-id']])
  expect(valuesOf(echoed, 'user-agent')).toEqual(['kubectl'])
})

test('PRX-15 PRX-17: an HTTP/1.1 client, an HTTP/1.1 server; headers of the connection and spoofed ones stay here', async () => {
  const { front } = await start({ handle: echo, http2: false })
  const answer = await http1({
    port: front.port,
    ca: front.ca,
    method: 'PUT',
    path: flunders,
    body: 'body',
    headers: {
      connection: 'keep-alive, x-secret-hop',
      'x-secret-hop': '1',
      'keep-alive': 'timeout=5',
      te: 'trailers, deflate',
      'proxy-authorization': 'Basic abc',
      'X-ReMoTe-UsEr': 'system:admin',
      'x-remote-group': 'system:masters',
      'x-remote-extra-a': 'b',
      'x-custom': ['1', '2, 3'],
    },
  })
  const echoed = JSON.parse(answer.body) as Echoed
  expect(echoed.body).toBe('body')
  for (const name of ['x-secret-hop', 'keep-alive', 'proxy-authorization', 'x-remote-extra-a']) {
    expect(valuesOf(echoed, name), name).toEqual([])
  }
  expect(valuesOf(echoed, 'te')).toEqual(['trailers'])
  expect(valuesOf(echoed, 'x-remote-user')).toEqual(['alice'])
  expect(valuesOf(echoed, 'x-remote-group')).toEqual(['developers', 'system:authenticated'])
  expect(valuesOf(echoed, 'x-custom')).toEqual(['1', '2, 3'])
})

test('TLS-1 TLS-3: SNI is the name of the Service, and the front proxy shows the certificate of the moment', async () => {
  const second = await proxyAuthority.issue({ commonName: 'second', usage: 'client' })
  let current = proxyCertificate
  const { front } = await start({
    clientCertificate: () => current,
    handle(request, answer) {
      const socket = ('stream' in request ? request.stream.session?.socket : request.socket) as TLSSocket
      answer.end(`${socket.servername} ${String(socket.getPeerCertificate().subject?.CN)} ${socket.authorized}`)
    },
  })
  const session = front.http2()
  expect((await http2(session, flunders)).body).toBe('api.wardle.svc front-proxy-client true')
  current = second
  expect((await http2(session, flunders)).body).toBe('api.wardle.svc second true')
})

test('PRX-21: the answer passes but for headers of the connection and of CORS', async () => {
  const { front } = await start({
    handle(_request, answer) {
      answer.statusCode = 418
      answer.setHeader('access-control-allow-origin', '*')
      answer.setHeader('x-teapot', ['short', 'stout'])
      answer.setHeader('content-type', 'text/tea')
      answer.setHeader('warning', '299 - "hot"')
      answer.end('tea')
    },
  })
  const answer = await http2(front.http2(), flunders)
  expect(answer.status).toBe(418)
  expect(answer.body).toBe('tea')
  expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  expect(answer.headers['x-teapot']).toBe('short, stout')
  expect(answer.headers['content-type']).toBe('text/tea')
  expect(answer.headers['warning']).toBe('299 - "hot"')
})

test.each([
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
] as const)('PRX-21: %s with status %d has no body', async (method, status) => {
  const { front } = await start({
    handle(_request, answer) {
      answer.statusCode = status
      if (method === 'HEAD') answer.setHeader('content-length', '5')
      answer.end()
    },
  })
  const answer = await http2(front.http2(), flunders, { ':method': method })
  expect(answer.status).toBe(status)
  expect(answer.body).toBe('')
  if (method === 'HEAD') expect(answer.headers['content-length']).toBe('5')
  expect((await http1({ port: front.port, ca: front.ca, path: flunders, method })).status).toBe(status)
})

test('PRX-23: a redirect is refused, one without a place to go passes, and an operator may let all pass', async () => {
  const handle: ExtensionServerOptions['handle'] = (request, answer) => {
    answer.statusCode = request.url?.endsWith('/not-modified') ? 304 : 302
    if (answer.statusCode === 302) answer.setHeader('location', 'https://elsewhere.example/')
    answer.end('moved')
  }
  const { front } = await start({ handle })
  const refused = await http2(front.http2(), flunders)
  expect([refused.status, refused.body]).toEqual([
    502,
    'the backend attempted to redirect this request, which is not permitted',
  ])
  expect((await http2(front.http2(), `${flunders}/not-modified`)).status).toBe(304)
  const lenient = await start({ handle, rejectRedirects: false })
  expect((await http2(lenient.front.http2(), flunders)).status).toBe(302)
})

test('PRX-24: headers come before the first byte, and each event when it is written', async () => {
  let write: (text: string) => void = () => undefined
  const { front } = await start({
    handle(_request, answer) {
      answer.setHeader('content-type', 'application/json')
      if ('stream' in answer) answer.stream.respond({ ':status': 200 })
      write = (text) => (answer as { write(text: string): void }).write(text)
    },
  })
  const stream = front.http2().request({ ':path': `${flunders}?watch=true` })
  await once(stream, 'response')
  for (const text of ['{"type":"ADDED"}\n', '{"type":"DELETED"}\n']) {
    write(text)
    const [chunk] = (await once(stream, 'data')) as [Buffer]
    expect(chunk.toString()).toBe(text)
  }
  stream.close()
})

test.each([true, false])(
  'PRX-25: a body that breaks off is broken off for the client (HTTP/2 to the server: %s)',
  async (isHttp2) => {
    const { front, server } = await start({
      http2: isHttp2,
      handle(_request, answer) {
        ;(answer as { write(text: string): void }).write('half')
        setImmediate(() => {
          for (const session of server.sessions) session.destroy()
          for (const socket of server.sockets) socket.destroy()
        })
      },
    })
    await expect(http2(front.http2(), flunders)).rejects.toThrow('NGHTTP2_INTERNAL_ERROR')
    await expect(http1({ port: front.port, ca: front.ca, path: flunders })).rejects.toThrow()
  },
)

test('PRX-25: a stream that is reset without an error, in the middle of a body, is broken off', async () => {
  const { front } = await start({
    handle(_request, answer) {
      if (!('stream' in answer)) return
      answer.write('half')
      setImmediate(() => answer.stream.destroy())
    },
  })
  const client = front.http2()
  for (let time = 0; time < 20; time += 1) {
    await expect(http2(client, flunders)).rejects.toThrow('NGHTTP2_INTERNAL_ERROR')
  }
})

test('a body with trailers behind it is whole', async () => {
  const { front } = await start({
    handle(_request, answer) {
      answer.addTrailers({ 'x-after': '1' })
      answer.end('whole')
    },
  })
  expect(await http2(front.http2(), flunders)).toMatchObject({ status: 200, body: 'whole' })
})

test.each([true, false])(
  'PRX-14: a client that leaves ends the exchange with the server (HTTP/2: %s)',
  async (isHttp2) => {
    let opened: () => void = () => undefined
    let closed: () => void = () => undefined
    const isOpen = new Promise<void>((resolve) => {
      opened = resolve
    })
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve
    })
    const { front } = await start({
      http2: isHttp2,
      handle(_request, answer) {
        ;(answer as { write(text: string): void }).write('event\n')
        answer.on('close', () => closed())
        opened()
      },
    })
    const stream = front.http2().request({ ':path': `${flunders}?watch=true` })
    stream.on('error', () => undefined)
    await once(stream, 'data')
    await isOpen
    stream.close(8)
    await isClosed
  },
)

test('PRX-14: a client that leaves before the answer ends the exchange', async () => {
  let seen: () => void = () => undefined
  const isSeen = new Promise<void>((resolve) => {
    seen = resolve
  })
  let closed: () => void = () => undefined
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve
  })
  const { front } = await start({
    handle(_request, answer) {
      answer.on('close', () => closed())
      seen()
    },
  })
  const stream = front.http2().request({ ':path': flunders })
  stream.on('error', () => undefined)
  await isSeen
  stream.close(8)
  await isClosed
})

test('PRX-14: a body that breaks off never passes for a whole one', async () => {
  let outcome: (text: string) => void = () => undefined
  const isOver = new Promise<string>((resolve) => {
    outcome = resolve
  })
  const { front } = await start({
    handle(request) {
      request.once('data', () => stream.destroy(new Error('the client leaves')))
      request.on('end', () => outcome('whole'))
      request.on('aborted', () => outcome('aborted'))
    },
  })
  const stream = front.http2().request({ ':path': flunders, ':method': 'POST' })
  stream.on('error', () => undefined)
  stream.write('half of it')
  expect(await isOver).toBe('aborted')
})

test('PAIN-10: a watch that this server ends when it shuts down ends cleanly', async () => {
  const { front } = await start({
    handle(_request, answer) {
      ;(answer as { write(text: string): void }).write('event\n')
    },
  })
  const stream = front.http2().request({ ':path': `${flunders}?watch=true` })
  const received = receive(stream)
  await once(stream, 'data')
  await front.shutDown()
  expect((await received).status).toBe(200)
})

test('PRX-26: what keeps a server from being reached is said in the words that runbooks search for', async () => {
  const other = await createTestAuthority('others')
  const unreachable = await start({ port: () => 1 })
  expect((await http2(unreachable.front.http2(), flunders)).body).toBe(
    'error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused\n',
  )
  const untrusted = await start({ caBundle: other.certificate })
  const untrustedAnswer = await http2(untrusted.front.http2(), flunders)
  expect(untrustedAnswer.status).toBe(503)
  expect(untrustedAnswer.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(untrustedAnswer.headers['x-content-type-options']).toBe('nosniff')
  expect(untrustedAnswer.body).toBe(
    'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
  )
  const misnamed = await start({ serverName: 'web.wardle.svc' })
  expect((await http2(misnamed.front.http2(), flunders)).body).toBe(
    'error trying to reach service: tls: failed to verify certificate: x509: certificate is valid for api.wardle.svc, localhost, not web.wardle.svc\n',
  )
  const expired = await start({
    certificate: await authority.issue({
      commonName: 'api',
      usage: 'server',
      names: ['api.wardle.svc'],
      notAfter: new Date('2026-01-01T00:00:00Z'),
      notBefore: new Date('2025-01-01T00:00:00Z'),
    }),
  })
  expect((await http2(expired.front.http2(), flunders)).body).toMatch(
    /^error trying to reach service: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time \S+Z is after 2026-01-01T00:00:00Z\n$/,
  )
  const nameless = await start({
    certificate: await authority.issue({ commonName: 'api.wardle.svc', usage: 'server' }),
  })
  expect((await http2(nameless.front.http2(), flunders)).body).toBe(
    'error trying to reach service: tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead\n',
  )
})

test('PRX-26: a connection that ends without an answer', async () => {
  const { front } = await start({
    http2: false,
    handle(request) {
      request.socket.destroy()
    },
  })
  const answer = await http2(front.http2(), flunders)
  expect([answer.status, answer.body]).toEqual([503, 'error trying to reach service: EOF\n'])
})

test('PRX-14: a hung server costs discovery five seconds, and a request its own deadline', async () => {
  const { front } = await start({ handle: () => undefined, requestTimeout: 1_000 })
  const answer = await http2(front.http2(), flunders)
  expect(answer.status).toBe(504)
})

test('PRX-6: no place to go is 503', async () => {
  const { front } = await start({
    port: () => {
      throw new Error('no endpoints available for service "api"')
    },
  })
  const answer = await http2(front.http2(), flunders)
  expect([answer.status, answer.body]).toEqual([503, 'service unavailable\n'])
})

test('TLS-4 NOD-4: 1,000 watches, with as many connections as the streams of the server ask for', {
  timeout: 60_000,
}, async () => {
  const writers: ((text: string) => void)[] = []
  const { front, server } = await start({
    maxConcurrentStreams: 300,
    handle(_request, answer) {
      if ('stream' in answer) answer.stream.respond({ ':status': 200 })
      writers.push((text) => (answer as { write(text: string): void }).write(text))
    },
  })
  const sessions = Array.from({ length: 12 }, () => front.http2())
  const streams = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const stream = (sessions[index % 12] ?? front.http2()).request({ ':path': `${flunders}?watch=true` })
      await once(stream, 'response')
      return stream
    }),
  )
  expect(writers).toHaveLength(1_000)
  expect(server.sessions.size).toBeGreaterThanOrEqual(4)
  const events = Promise.all(streams.map((stream) => once(stream, 'data')))
  for (const write of writers) write('{"type":"ADDED"}\n')
  await events
  for (const stream of streams) stream.close()
})

test('TLS-7 NOD-5: after GOAWAY the next request goes over another connection', async () => {
  const { front, server } = await start()
  const client = front.http2()
  expect((await http2(client, flunders)).body).toBe('ok')
  for (const session of server.sessions) session.goaway(0)
  const answers = await Promise.all(Array.from({ length: 20 }, () => http2(client, flunders)))
  expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 20 }, () => 'ok'))
})

test('back-pressure: a client that does not read holds the server back', async () => {
  let written = 0
  const { front } = await start({
    handle(request, answer) {
      if (request.url !== flunders) {
        answer.end('ok')
        return
      }
      const chunk = Buffer.alloc(64 * 1024)
      const writable = answer as unknown as NodeJS.WritableStream
      const fill = (): void => {
        while (written < 256 * 1024 * 1024) {
          written += chunk.length
          if (!writable.write(chunk)) {
            writable.once('drain', fill)
            return
          }
        }
        writable.end()
      }
      fill()
    },
  })
  const stream = front.http2().request({ ':path': flunders })
  await once(stream, 'response')
  const others = front.http2()
  // A server that is not held writes on while many other requests are answered.
  let before: number
  do {
    before = written
    for (let index = 0; index < 100; index += 1) expect((await http2(others, `${flunders}/other`)).body).toBe('ok')
  } while (written !== before)
  expect(written).toBeLessThan(32 * 1024 * 1024)
  stream.close(8)
})

test('a large body goes both ways', async () => {
  const { front } = await start({
    handle(request, answer) {
      request.pipe(answer as unknown as NodeJS.WritableStream)
    },
  })
  const body = 'x'.repeat(5 * 1024 * 1024)
  expect((await http2(front.http2(), flunders, { ':method': 'POST' }, body)).body).toBe(body)
  const over1 = await http1({ port: front.port, ca: front.ca, path: flunders, method: 'POST', body })
  expect(over1.body.length).toBe(body.length)
})

test('an answer to a request whose body was not read', async () => {
  const { front } = await start({
    handle(_request, answer) {
      answer.statusCode = 413
      answer.end('too large')
    },
  })
  const answer = await http1({
    port: front.port,
    ca: front.ca,
    path: flunders,
    method: 'POST',
    body: 'x'.repeat(8 * 1024 * 1024),
  })
  expect([answer.status, answer.body]).toEqual([413, 'too large'])
})

function upgradeRequest(front: Front, headers: Record<string, string>): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect(
      { host: '127.0.0.1', port: front.port, ca: front.ca, ALPNProtocols: ['http/1.1'] },
      () => {
        socket.write(`GET ${flunders}/a/exec HTTP/1.1\r\nHost: front\r\n`)
        for (const [name, value] of Object.entries(headers)) socket.write(`${name}: ${value}\r\n`)
        socket.write('\r\nearly')
        resolve(socket)
      },
    )
    socket.on('error', reject)
  })
}

test.each(['SPDY/3.1', 'websocket'])(
  'UPG-1 UPG-3 UPG-4 UPG-5: %s is tunnelled, early bytes included',
  async (protocol) => {
    let identity: unknown
    const { front } = await start({
      upgrade(request, socket, head) {
        identity = [
          request.headers['x-remote-user'],
          request.headers['x-remote-group'],
          request.headers['x-forwarded-for'],
        ]
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\nhello `,
        )
        socket.write(head)
        socket.on('data', (chunk: Buffer) => socket.write(`<${chunk.toString()}>`))
        socket.on('end', () => socket.end('bye'))
      },
    })
    const socket = await upgradeRequest(front, {
      Connection: 'Upgrade',
      Upgrade: protocol,
      'X-Remote-User': 'system:admin',
      'X-Remote-Group': 'system:masters',
    })
    const received: string[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk.toString()))
    while (!received.join('').includes('early')) await once(socket, 'data')
    expect(received.join('')).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*X-Stream-Protocol-Version: v4\.channel\.k8s\.io\r\n\r\nhello (early|<early>)$/,
    )
    expect(identity).toEqual(['alice', 'developers, system:authenticated', '127.0.0.1'])
    socket.write('ping')
    while (!received.join('').includes('<ping>')) await once(socket, 'data')
    socket.end()
    await once(socket, 'close')
  },
)

test('UPG-2: a refusal is quoted, anything else is an error', async () => {
  const answers = ['403 Forbidden', '200 OK', '302 Found']
  const { front } = await start({
    upgrade(_request, socket) {
      socket.end(`HTTP/1.1 ${answers.shift()}\r\nContent-Length: 2\r\nX-From: server\r\n\r\nno`)
    },
  })
  const ask = () =>
    http1({
      port: front.port,
      ca: front.ca,
      path: `${flunders}/a/exec`,
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' },
    })
  const refused = await ask()
  expect([refused.status, refused.body, refused.headers['x-from']]).toEqual([403, 'no', 'server'])
  const ignored = await ask()
  expect([ignored.status, ignored.body]).toEqual([503, 'invalid upgrade response: status code 200\n'])
  expect((await ask()).body).toBe('invalid upgrade response: status code 302\n')
})

test('UPG-6: a server that cannot be reached', async () => {
  const { front } = await start({ port: () => 1 })
  const answer = await http1({
    port: front.port,
    ca: front.ca,
    path: `${flunders}/a/exec`,
    headers: { connection: 'Upgrade', upgrade: 'websocket' },
  })
  expect([answer.status, answer.body]).toEqual([
    503,
    'error dialing backend: dial tcp 127.0.0.1:1: connect: connection refused\n',
  ])
})

test('UPG-5: a server that ends closes the client', async () => {
  const { front } = await start({
    upgrade(_request, socket) {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n\r\nlast words')
    },
  })
  const socket = await upgradeRequest(front, { Connection: 'Upgrade', Upgrade: 'SPDY/3.1' })
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString()
  })
  await once(socket, 'close')
  expect(received).toMatch(/last words$/)
})
