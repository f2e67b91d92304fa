import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { createAuthority, issueCertificate, type KeyPair } from '@fairlead/apiserver'
import { ConnectionError } from '@fairlead/client'
import { type ClusterAccess, createServerTransport, type ServerTransport } from '@fairlead/client/node'
import { createManualClock } from '@fairlead/storage/testing'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Handle = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void

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

const ok: Handle = (stream) => {
  stream.respond({ ':status': 200 })
  stream.end('ok')
}

/** A server whose connections can be counted and killed. */
async function serve(handle: Handle): Promise<{ server: Http2SecureServer; port: number; sockets: Set<Socket> }> {
  const server = createSecureServer({ cert: pair.certificate, key: pair.key })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('sessionError', () => undefined)
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    handle(stream, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port, sockets }
}

/** A server of the least that HTTP/2 needs, which passes pings over. `send` adds to the body of its one answer. */
async function serveWithoutPings(): Promise<{ port: number; send(text: string): void }> {
  const frame = (type: number, flags: number, stream: number, payload: Uint8Array): Buffer => {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head.set([type, flags], 3)
    head.writeUInt32BE(stream, 5)
    return Buffer.concat([head, payload])
  }
  const frames = { data: 0, headers: 1, settings: 4 }
  const preface = 24
  const sockets = new Set<Socket>()
  const server = createTlsServer({ cert: pair.certificate, key: pair.key, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket)
    let received = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.write(frame(frames.settings, 0, 0, Buffer.alloc(0)))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      let at = preface
      while (received.length >= at + 9 && received.length >= at + 9 + received.readUIntBE(at, 3)) {
        // `:status: 200` is the eighth entry of the static table.
        if (received[at + 3] === frames.headers) socket.write(frame(frames.headers, 4, 1, Buffer.of(0x88)))
        at += 9 + received.readUIntBE(at, 3)
      }
      if (at > preface) received = Buffer.concat([received.subarray(0, preface), received.subarray(at)])
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    send(body) {
      for (const socket of sockets) socket.write(frame(frames.data, 0, 1, Buffer.from(body)))
    },
  }
}

function transportTo(port: number, access: Partial<ClusterAccess> = {}, clock = createManualClock()): ServerTransport {
  const transport = createServerTransport(
    {
      server: `https://127.0.0.1:${port}`,
      certificateAuthority: authority.certificate,
      tlsServerName: 'known.test',
      namespace: 'default',
      ...access,
    },
    { clock },
  )
  closers.push(() => transport.close())
  return transport
}

const get = { method: 'GET', path: '/' }
const text = async ({ call }: ServerTransport): Promise<string> => (await call(get)).text()
const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  )

describe('the connection', () => {
  test('two hundred calls at once share one', async () => {
    const { port, sockets } = await serve(ok)
    const transport = transportTo(port)
    const answers = await Promise.all(Array.from({ length: 200 }, () => text(transport)))
    expect(new Set(answers)).toEqual(new Set(['ok']))
    expect(sockets.size).toBe(1)
  })

  test('that cannot be made fails every call that waits for it, as unsent', async () => {
    const { port, sockets } = await serve(ok)
    const transport = transportTo(port, { tlsServerName: 'unknown.test' })
    const errors = await Promise.all([caught(transport.call(get)), caught(transport.call({ ...get, method: 'POST' }))])
    for (const error of errors) {
      expect(error).toBeInstanceOf(ConnectionError)
      expect(error).toMatchObject({ unsent: true, message: expect.stringContaining('unknown.test') as string })
    }
    expect(sockets.size).toBe(1)
  })

  test('to a server of another authority is refused, unless verification is skipped', async () => {
    const { port } = await serve(ok)
    const other = await createAuthority('other', new Date(0), new Date(Date.now() + 3_600_000))
    const access = { certificateAuthority: other.certificate }
    expect(await caught(transportTo(port, access).call(get))).toMatchObject({ name: 'ConnectionError', unsent: true })
    const skipping = { server: `https://127.0.0.1:${port}`, namespace: 'default', insecureSkipTlsVerify: true }
    const transport = createServerTransport(skipping)
    closers.push(() => transport.close())
    expect(await text(transport)).toBe('ok')
  })

  test('whose server says GOAWAY finishes its calls while later ones use another', async () => {
    const held: ServerHttp2Stream[] = []
    const { port, sockets } = await serve((stream, headers) => {
      if (headers[':path'] !== '/held') return ok(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write('first ')
      held.push(stream)
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id ?? 0)
    })
    const transport = transportTo(port)
    const response = await transport.call({ ...get, path: '/held' })
    await expect.poll(() => text(transport).then(() => sockets.size)).toBe(2)
    held[0]?.end('second')
    expect(await response.text()).toBe('first second')
  })

  test('that is killed breaks bodies off, and the next call makes another', async () => {
    const { port, sockets } = await serve((stream, headers) => {
      if (headers[':path'] === '/') return ok(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write('half')
    })
    const transport = transportTo(port)
    const response = await transport.call({ ...get, path: '/half' })
    for (const socket of sockets) socket.destroy()
    expect(await caught(response.text())).toMatchObject({ name: 'ConnectionError', unsent: false })
    await expect.poll(() => text(transport).catch(() => '')).toBe('ok')
    expect(sockets.size).toBe(2)
  })

  test('is given up when pings stay without an answer', async () => {
    const { port } = await serve((stream, headers) => {
      if (headers[':path'] === '/') return ok(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write('half')
    })
    const piped = new Set<Socket>()
    const between = createTcpServer((socket) => {
      const onward = connectTcp(port, '127.0.0.1')
      socket.pipe(onward).pipe(socket)
      for (const end of [socket, onward]) piped.add(end.on('error', () => undefined))
    }).listen(0, '127.0.0.1')
    closers.push(() => {
      for (const end of piped) end.destroy()
      between.close()
    })
    await once(between, 'listening')
    const clock = createManualClock()
    const transport = transportTo((between.address() as AddressInfo).port, {}, clock)
    const response = await transport.call({ ...get, path: '/half' })
    for (const end of piped) end.unpipe()
    let isBroken = false
    const broken = caught(response.text()).finally(() => (isBroken = true))
    clock.advance(30_000)
    clock.advance(14_999)
    await turn()
    expect(isBroken).toBe(false)
    clock.advance(1)
    expect(await broken).toMatchObject({ message: 'the connection has died' })
    expect(await text(transport)).toBe('ok')
  })

  test('is kept while its pings are answered', async () => {
    let pings = 0
    const { server, port } = await serve((stream, headers) => {
      if (headers[':path'] === '/') return ok(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write('half')
    })
    server.on('session', (session) => session.on('ping', () => (pings += 1)))
    const clock = createManualClock()
    const transport = transportTo(port, {}, clock)
    const response = await transport.call({ ...get, path: '/half' })
    for (let round = 1; round <= 3; round += 1) {
      clock.advance(round === 1 ? 30_000 : 15_000)
      await expect.poll(() => pings).toBe(round)
      // What comes after the answer.
      await text(transport)
      clock.advance(15_000)
    }
    for await (const chunk of response.body) {
      expect(Buffer.from(chunk).toString()).toBe('half')
      break
    }
  })

  test('is kept while something comes, though no answer to a ping', async () => {
    const { port, send } = await serveWithoutPings()
    const clock = createManualClock()
    const response = await transportTo(port, {}, clock).call(get)
    const body = response.body[Symbol.asyncIterator]()
    const next = async () => Buffer.from((await body.next()).value as Uint8Array).toString()
    for (let round = 1; round <= 2; round += 1) {
      clock.advance(round === 1 ? 30_000 : 15_000)
      send('more')
      expect(await next()).toBe('more')
      clock.advance(15_000)
    }
    clock.advance(15_000)
    clock.advance(15_000)
    expect(await caught(next())).toMatchObject({ message: 'the connection has died' })
  })

  test('ends with the transport, for bodies that are being read too', async () => {
    const { port } = await serve((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('half')
    })
    const transport = transportTo(port)
    const response = await transport.call(get)
    transport.close()
    expect(await caught(response.text())).toBeInstanceOf(ConnectionError)
  })

  test('ends for the server as an end and not as a failure', async () => {
    const { server, port } = await serve(ok)
    const told: unknown[] = []
    server.on('sessionError', (error) => told.push(error))
    server.on('session', (session) => session.on('close', () => told.push('closed')))
    const transport = transportTo(port)
    for (let call = 0; call < 10; call += 1) await text(transport)
    transport.close()
    await expect.poll(() => told).toEqual(['closed'])
  })
})

describe('a call', () => {
  test('that the server refuses before it acts on it is unsent', async () => {
    const { port } = await serve((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM))
    const error = await caught(transportTo(port).call({ ...get, method: 'POST', body: '{}' }))
    expect(error).toMatchObject({ name: 'ConnectionError', unsent: true })
  })

  test('that the server resets is not', async () => {
    const { port } = await serve((stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    const error = await caught(transportTo(port).call({ ...get, method: 'POST', body: '{}' }))
    expect(error).toMatchObject({ name: 'ConnectionError', unsent: false })
  })

  test('whose stream is reset without an error, in the middle of the body, has no whole body', async () => {
    const { port } = await serve((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('half')
      setImmediate(() => stream.destroy())
    })
    const transport = transportTo(port)
    for (let time = 0; time < 20; time += 1) {
      const answer = await transport.call(get)
      expect(await caught(answer.text())).toMatchObject({ name: 'ConnectionError' })
    }
  })

  test('may have no body', async () => {
    const { port } = await serve((stream) => stream.respond({ ':status': 204 }, { endStream: true }))
    const answer = await transportTo(port).call(get)
    expect([answer.status, await answer.text()]).toEqual([204, ''])
  })

  test('ends with its signal: before, while it waits, and while its body comes', async () => {
    const ended: string[] = []
    const { port } = await serve((stream, headers) => {
      stream.on('close', () => ended.push(String(headers[':path'])))
      if (headers[':path'] === '/silent') return
      stream.respond({ ':status': 200 })
      stream.write('half')
    })
    const transport = transportTo(port)
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

  test('sends a body as it comes', async () => {
    let size = 0
    const { port } = await serve((stream) => {
      stream.on('data', (chunk: Buffer) => (size += chunk.length))
      stream.on('end', () => ok(stream, {}))
    })
    async function* body() {
      for (let index = 0; index < 100; index += 1) yield new Uint8Array(50_000)
    }
    const response = await transportTo(port).call({ ...get, method: 'POST', body: body() })
    expect([await response.text(), size]).toEqual(['ok', 5_000_000])
  })

  test('leaves a body when the server does not want it, and ends when the body fails', async () => {
    const { port } = await serve((stream, headers) => {
      if (headers[':path'] === '/refused') stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    })
    const transport = transportTo(port)
    let left = false
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(50_000)
      } finally {
        left = true
      }
    }
    const refused = caught(transport.call({ ...get, method: 'POST', path: '/refused', body: endless() }))
    expect(await refused).toBeInstanceOf(ConnectionError)
    await expect.poll(() => left).toBe(true)
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10)
      throw new Error('no more')
    }
    const failed = await caught(transport.call({ ...get, method: 'POST', body: failing() }))
    expect(failed).toMatchObject({ message: 'no more' })
  })

  test('carries the token that the file has at the time', async () => {
    const seen: unknown[] = []
    const { port } = await serve((stream, headers) => {
      seen.push(headers['authorization'])
      ok(stream, headers)
    })
    const folder = await temporaryFolder()
    closers.push(() => folder.remove())
    const tokenFile = join(folder.path, 'token')
    const transport = transportTo(port, { tokenFile })
    for (const token of ['one', 'two']) {
      await writeFile(tokenFile, `${token}\n`)
      await text(transport)
    }
    expect(seen).toEqual(['Bearer one', 'Bearer two'])
  })

  test('asks the command for credentials once, and again when the server did not accept them', async () => {
    const seen: unknown[] = []
    const { port } = await serve((stream, headers) => {
      seen.push(headers['authorization'])
      stream.respond({ ':status': seen.length === 2 ? 401 : 200 })
      stream.end()
    })
    const folder = await temporaryFolder()
    closers.push(() => folder.remove())
    const count = join(folder.path, 'count')
    await writeFile(count, '')
    const script = `
      const fs = require('node:fs')
      fs.appendFileSync(${JSON.stringify(count)}, 'x')
      const token = fs.readFileSync(${JSON.stringify(count)}, 'utf8')
      console.log(JSON.stringify({
        apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token },
      }))`
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', script],
      env: [],
      provideClusterInfo: false,
    }
    const transport = transportTo(port, { exec })
    for (let call = 0; call < 4; call += 1) await text(transport)
    expect(seen).toEqual(['Bearer x', 'Bearer x', 'Bearer xx', 'Bearer xx'])
  })
})
