import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createAuthority, issueCertificate, type KeyPair } from '@fairlead/apiserver'
import { ConnectionError, createInformers } from '@fairlead/client'
import { type ClusterAccess, connectTo, createServerTransport, type ServerTransport } from '@fairlead/client/node'
import { createManualClock } from '@fairlead/storage/testing'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let authority: KeyPair
let pair: KeyPair
beforeAll(async () => {
  const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) }
  authority = await createAuthority('test', validity.notBefore, validity.notAfter)
  pair = await issueCertificate(authority, {
    commonName: 'server',
    usage: 'server',
    hosts: ['known.test'],
    ...validity,
  })
})
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

type Handle = (request: IncomingMessage, response: ServerResponse) => void

interface Served {
  readonly access: ClusterAccess
  readonly sockets: Set<Socket>
  /** Of those sockets, what is open. */
  open(): number
  stop(): void
}

/** A server that knows HTTP/1.1 only, by TLS or without. */
async function serve(scheme: string, handle: Handle): Promise<Served> {
  const server =
    scheme === 'https' ? createHttpsServer({ cert: pair.certificate, key: pair.key }, handle) : createHttpServer(handle)
  const sockets = new Set<Socket>()
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  closers.push(stop)
  const tls = scheme === 'https' ? { certificateAuthority: authority.certificate, tlsServerName: 'known.test' } : {}
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    access: { server: url, namespace: 'default', ...tls },
    sockets,
    open: () => [...sockets].filter((socket) => !socket.destroyed).length,
    stop,
  }
}

function transportTo(access: ClusterAccess, clock = createManualClock()): ServerTransport {
  const transport = createServerTransport(access, { clock })
  closers.push(() => transport.close())
  return transport
}

const get = { method: 'GET', path: '/' }
const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  )

describe.each(['https', 'http'])('a server that knows HTTP/1.1 only, over %s', (scheme) => {
  const echo: Handle = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.writeHead(201, { 'x-method': request.method ?? '', 'x-path': request.url ?? '' })
      const { host, authorization, 'content-length': length, 'x-absent': absent } = request.headers
      response.end(JSON.stringify({ host, authorization, length, absent, size: Buffer.concat(chunks).length }))
    })
  }

  test('gets method, path, headers and body', async () => {
    const { access } = await serve(scheme, echo)
    const transport = transportTo({ ...access, server: `${access.server}/prefix`, token: 'secret' })
    const headers = { 'x-absent': undefined }
    const response = await transport.call({ method: 'PUT', path: '/a?b=c', headers, body: 'héllo' })
    expect([response.status, response.headers['x-method'], response.headers['x-path']]).toEqual([
      201,
      'PUT',
      '/prefix/a?b=c',
    ])
    const { host } = new URL(access.server)
    expect(JSON.parse(await response.text())).toEqual({ host, authorization: 'Bearer secret', length: '6', size: 6 })
  })

  test('gets a body as it comes, and a call ends when its body fails', async () => {
    const { access } = await serve(scheme, echo)
    const transport = transportTo(access)
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 100; index += 1) yield new Uint8Array(50_000)
    }
    const response = await transport.call({ method: 'POST', path: '/', body: body() })
    expect(JSON.parse(await response.text())).toMatchObject({ size: 5_000_000 })
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10)
      throw new Error('no more')
    }
    expect(await caught(transport.call({ method: 'POST', path: '/', body: failing() }))).toMatchObject({
      message: 'no more',
    })
  })

  test('calls one after the other share a socket, calls at a time do not', async () => {
    const { access, sockets } = await serve(scheme, echo)
    const transport = transportTo(access)
    await (await transport.call(get)).text()
    const probes = sockets.size - 1
    for (let call = 0; call < 5; call += 1) await (await transport.call(get)).text()
    expect(sockets.size).toBe(probes + 1)
    await Promise.all(Array.from({ length: 5 }, async () => (await transport.call(get)).text()))
    expect(sockets.size).toBe(probes + 5)
  })

  test('a call ends with its signal: while it waits, and while its body comes', async () => {
    const ended: string[] = []
    const { access } = await serve(scheme, (request, response) => {
      response.on('close', () => ended.push(request.url ?? ''))
      if (request.url === '/half') response.write('half')
    })
    const transport = transportTo(access)
    const reason = new Error('enough')
    expect(await caught(transport.call({ ...get, signal: AbortSignal.abort(reason) }))).toBe(reason)
    const waiting = new AbortController()
    const silent = caught(transport.call({ ...get, path: '/silent', signal: waiting.signal }))
    const reading = new AbortController()
    const response = await transport.call({ ...get, path: '/half', signal: reading.signal })
    waiting.abort(reason)
    reading.abort(reason)
    expect(await silent).toBe(reason)
    expect(await caught(response.text())).toBe(reason)
    await expect.poll(() => ended.toSorted()).toEqual(['/half', '/silent'])
  })

  test('a body that is left ends its connection', async () => {
    const { access, open } = await serve(scheme, (_, response) => void response.write('half'))
    const response = await transportTo(access).call(get)
    for await (const chunk of response.body) {
      expect(Buffer.from(chunk).toString()).toBe('half')
      break
    }
    await expect.poll(open).toBe(0)
  })

  test('that breaks off is a connection error, and what was not sent is told apart', async () => {
    const { access, sockets, stop } = await serve(scheme, (request, response) => {
      if (request.url === '/half') response.write('half')
    })
    const transport = transportTo(access)
    const response = await transport.call({ ...get, path: '/half' })
    const silent = caught(transport.call({ method: 'POST', path: '/silent', body: '{}' }))
    await expect.poll(() => [...sockets].filter((socket) => socket.bytesRead > 0 && !socket.destroyed).length).toBe(2)
    stop()
    for (const error of [await caught(response.text()), await silent]) {
      expect(error).toBeInstanceOf(ConnectionError)
      expect(error).toMatchObject({ unsent: false })
    }
    expect(await caught(transport.call(get))).toMatchObject({ name: 'ConnectionError', unsent: true })
  })

  test('the end of the transport ends calls, bodies and idle connections', async () => {
    const { access, open } = await serve(scheme, (request, response) => {
      if (request.url === '/') response.end('ok')
      if (request.url === '/half') response.write('half')
    })
    const transport = transportTo(access)
    const response = await transport.call({ ...get, path: '/half' })
    const silent = caught(transport.call({ ...get, path: '/silent' }))
    await (await transport.call(get)).text()
    transport.close()
    expect(await caught(response.text())).toBeInstanceOf(ConnectionError)
    expect(await silent).toBeInstanceOf(ConnectionError)
    await expect.poll(open).toBe(0)
    expect(await (await transport.call(get)).text()).toBe('ok')
  })
})

test('a server that never answers a connection is given up', async () => {
  // Accepts connections and says nothing, so that TLS never begins.
  const { access } = await serve('http', () => undefined)
  const clock = createManualClock()
  const transport = transportTo({ ...access, server: access.server.replace('http:', 'https:') }, clock)
  const error = caught(transport.call(get))
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(30_000)
  expect(await error).toMatchObject({ name: 'ConnectionError', unsent: true, message: 'connecting took too long' })
})

describe('real servers without HTTP/2', () => {
  const start = async (options: Parameters<typeof startTestControlPlane>[0] = {}): Promise<TestControlPlane> => {
    const controlPlane = await startTestControlPlane(options)
    closers.push(() => controlPlane.stop())
    return controlPlane
  }
  const checkInformer = async (server: string) => {
    const { client, close } = connectTo({ server, namespace: 'default' })
    closers.push(close)
    const informers = createInformers({ client })
    const informer = informers.informer('v1', 'configmaps', { namespace: 'default' })
    const stopping = new AbortController()
    const running = informers.run(stopping.signal)
    await informer.synced()
    const created = await client
      .resource('v1', 'configmaps')
      .namespace('default')
      .create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'over-http1' } })
    await informer.reached(created.metadata.resourceVersion ?? '')
    expect(informer.store.get('default/over-http1')).toEqual(created)
    stopping.abort()
    await running
  }

  test('the insecure port', async () => {
    const { insecureUrl = '' } = await start({ insecure: { port: 0, bindAddress: '127.0.0.1' } })
    await checkInformer(insecureUrl)
  })

  test('kubectl proxy', async () => {
    const kubectl = await kubectlFor(await start(), 'newest')
    const proxy = kubectl.follow('proxy', '--port=0')
    closers.push(() => proxy.stop())
    const [, address = ''] = /Starting to serve on (\S+)/.exec(await proxy.next()) ?? []
    await checkInformer(`http://${address}`)
  })
})
