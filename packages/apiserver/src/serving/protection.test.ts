import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type SecureVersion } from 'node:tls'
import { once } from 'node:events'
import { systemClock } from '@fairlead/apimachinery'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildAuthenticator } from '../authentication/build-authenticator.ts'
import { authenticateTokenFile } from '../authentication/token-file.ts'
import { alwaysAllow } from '../authorization/authorizers.ts'
import { textResponse } from '../request/responses.ts'
import { type ApiServer, createApiServer } from '../server/create-api-server.ts'
import { selectCiphers } from './cipher-suites.ts'
import type { ServingLimits } from './limits.ts'
import { createTestAuthority, type TestAuthority, type TestCertificate } from './testing/certificates.ts'
import { receive, requestHttp1, requestHttp2 } from './testing/http-client.ts'
import type { TlsSettings } from './tls-settings.ts'
import { parseTlsVersion } from './tls-version.ts'

let authority: TestAuthority
let certificate: TestCertificate
const servers: ApiServer[] = []

beforeAll(async () => {
  authority = await createTestAuthority('authority')
  certificate = await authority.issue({ subject: [{ CN: ['127.0.0.1'] }], usage: 'server' })
})

afterEach(async () => {
  for (const server of servers.splice(0)) await server.shutDown({ requestGrace: 0, watchGrace: 0 })
})

async function start(tls: Partial<TlsSettings> = {}, limits: Partial<ServingLimits> = {}) {
  const server = createApiServer({
    clock: systemClock,
    log: { error: () => {} },
    authenticate: buildAuthenticator({ clock: systemClock, tokens: authenticateTokenFile('t,jane,1') }),
    authorizer: alwaysAllow,
    handlers: [() => textResponse('fine')],
  })
  servers.push(server)
  return await server.listen({ host: '127.0.0.1', port: 0, tls: { ...certificate, ...tls }, limits })
}

const ca = () => authority.certificate

describe('strangers over HTTP/2', () => {
  test.each([
    ['/api', 401, {}],
    ['/api', 401, { authorization: 'Bearer wrong' }],
    ['/version', 200, {}],
  ])('%s %d: as many streams as fit, and then the connection is over', async (path, status, headers) => {
    const { port } = await start()
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: ca() })
    const goodbye = once(session, 'goaway')
    await once(session, 'remoteSettings')
    expect(session.remoteSettings.maxConcurrentStreams).toBe(100)
    const streams = Array.from({ length: 100 }, () => receive(session.request({ ':path': path, ...headers })))
    expect((await Promise.all(streams)).map((answer) => answer.status)).toEqual(Array(100).fill(status))
    await goodbye
    await once(session, 'close')
  })

  test('those who are known stay', async () => {
    const { port } = await start()
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: ca() })
    for (let round = 0; round < 3; round++) {
      expect((await requestHttp2(session, { ':path': '/api', authorization: 'Bearer t' })).status).toBe(200)
    }
    expect(session.closed).toBe(false)
    session.close()
  })
})

describe('silent connections', () => {
  const open = async (port: number): Promise<Socket> => {
    const socket = connectTcp(port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }
  const closed = async (socket: Socket) => {
    if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve))
  }

  test('the longest waiting give way, those in use stay', async () => {
    const { port } = await start({}, { maxSilentConnections: 5 })
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: ca() })
    const ask = async () => (await requestHttp2(session, { ':path': '/api', authorization: 'Bearer t' })).status
    expect(await ask()).toBe(200)
    const first = await open(port)
    const flood: Socket[] = []
    for (let count = 0; count < 50; count++) flood.push(await open(port))
    await closed(first)
    for (const socket of flood.slice(0, 45)) await closed(socket)
    expect(flood.at(-1)?.closed).toBe(false)
    expect(await ask()).toBe(200)
    const fresh = await requestHttp1({ port, path: '/api', ca: ca(), headers: { authorization: 'Bearer t' } })
    expect(fresh.status).toBe(200)
    session.close()
    for (const socket of flood) socket.destroy()
  })

  test('a finished handshake alone does not count as use', async () => {
    const { port } = await start({}, { maxSilentConnections: 1 })
    const quiet = connectTls({ port, host: '127.0.0.1', ca: ca(), ALPNProtocols: ['h2'] })
    quiet.on('error', () => {})
    await once(quiet, 'secureConnect')
    const next = await open(port)
    await closed(quiet)
    next.destroy()
  })
})

describe('versions and ciphers', () => {
  const handshake = async (port: number, options: { ciphers?: string; maxVersion?: SecureVersion }) => {
    const socket = connectTls({ port, host: '127.0.0.1', ca: ca(), ...options })
    try {
      await once(socket, 'secureConnect')
      return `${socket.getProtocol()} ${socket.getCipher().name}`
    } catch {
      return 'refused'
    } finally {
      socket.destroy()
    }
  }

  test('VersionTLS13 refuses older clients', async () => {
    const { port } = await start({ minVersion: parseTlsVersion('VersionTLS13') })
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toBe('refused')
    expect(await handshake(port, {})).toMatch(/^TLSv1.3 TLS_/)
  })

  test('only chosen suites, and those of TLS 1.3', async () => {
    const { ciphers } = selectCiphers(['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'])
    const { port } = await start({ ciphers })
    const old = (name: string) => handshake(port, { maxVersion: 'TLSv1.2', ciphers: name })
    expect(await old('ECDHE-ECDSA-AES128-GCM-SHA256')).toBe('TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256')
    expect(await old('ECDHE-ECDSA-AES256-GCM-SHA384')).toBe('refused')
    expect(await handshake(port, {})).toMatch(/^TLSv1.3 TLS_/)
  })

  test('names', () => {
    expect(parseTlsVersion('')).toBe('TLSv1.2')
    expect(() => parseTlsVersion('VersionTLS14')).toThrow('unknown tls version "VersionTLS14"')
    expect(() => parseTlsVersion('VersionTLS10')).toThrow('tls version "VersionTLS10" is not offered')
    expect(() => parseTlsVersion('constructor')).toThrow('unknown tls version "constructor"')
    const good = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'
    expect(() => selectCiphers([good, 'TLS_X'])).toThrow("Cipher suite TLS_X not supported or doesn't exist")
    expect(() => selectCiphers(['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'])).toThrow(
      'error configuring http2: http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher',
    )
    expect(selectCiphers([good, 'TLS_RSA_WITH_AES_128_CBC_SHA']).insecure).toEqual(['TLS_RSA_WITH_AES_128_CBC_SHA'])
  })
})

test('certificates by name', async () => {
  const issue = (name: string) => authority.issue({ subject: [{ CN: [name] }], usage: 'server' })
  const [own, wild, given] = await Promise.all([issue('own.example.com'), issue('*.example.com'), issue('other')])
  const { port } = await start({
    named: [
      { ...own, names: [] },
      { ...wild, names: [] },
      { ...given, names: ['given.example.com', '*.given.net'] },
    ],
  })
  const shown = async (servername: string) => {
    const socket = connectTls({ port, host: '127.0.0.1', ca: ca(), servername, checkServerIdentity: () => undefined })
    await once(socket, 'secureConnect')
    const { CN } = socket.getPeerCertificate().subject
    socket.destroy()
    return CN
  }
  expect(await shown('own.example.com')).toBe('own.example.com')
  expect(await shown('OWN.example.com')).toBe('own.example.com')
  expect(await shown('any.example.com')).toBe('*.example.com')
  expect(await shown('given.example.com')).toBe('other')
  expect(await shown('x.given.net')).toBe('other')
  expect(await shown('x.y.given.net')).toBe('127.0.0.1')
  expect(await shown('unknown')).toBe('127.0.0.1')
})
