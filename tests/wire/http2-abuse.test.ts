import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { http2Client } from '../support/http2-client.ts'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { metricValue, watchesServed } from '../support/server-metrics.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const path = '/api/v1/namespaces/default/configmaps'
const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const
const goAway = 7
const endStream = 1
const endHeaders = 4

/** One HTTP/2 frame as it goes over the wire. */
function frame(type: keyof typeof frameTypes, stream: number, payload: Buffer = Buffer.alloc(0), flags = 0): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(frameTypes[type], 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A header as a literal that the table does not take up; lengths below 127. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])

const get = (target: string): Buffer =>
  Buffer.concat([
    literal(':method', 'GET'),
    literal(':scheme', 'https'),
    literal(':authority', 'a'),
    literal(':path', target),
  ])

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** One end of a connection that sends whatever it likes. */
class Attacker {
  readonly #socket: TLSSocket
  #wake: () => void = () => {}
  #received = Buffer.alloc(0)
  /** The server has told it to go, or has ended the connection. */
  refused = false

  constructor(socket: TLSSocket) {
    this.#socket = socket
    const refuse = (): void => {
      this.refused = true
      this.#wake()
    }
    socket.on('drain', () => this.#wake())
    socket.on('error', () => socket.destroy())
    socket.on('end', refuse)
    socket.on('close', refuse)
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      if (this.#takeFrames().includes(goAway)) refuse()
    })
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** From here on nothing is read. */
  pause(): void {
    this.#socket.pause()
  }

  /** Sends until the server refuses or reads no more, or so many times. */
  async flood(most: number, make: (index: number) => Buffer): Promise<void> {
    for (let index = 0; index < most && !this.refused; index += 1) {
      if (this.#socket.write(make(index)) || this.refused) continue
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  leave(): void {
    this.#socket.destroy()
  }

  /** The types of the frames that have come whole. */
  #takeFrames(): number[] {
    const types: number[] = []
    for (;;) {
      const received = this.#received
      if (received.length < 9 || received.length < 9 + received.readUIntBE(0, 3)) return types
      types.push(received.readUInt8(3))
      this.#received = received.subarray(9 + received.readUIntBE(0, 3))
    }
  }
}

describe('HTTP/2 connections that abuse the protocol', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: ServerProcess
  let client: HttpsClient
  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await startServerProcess(folder.path, ['--storage', 'memory', '--log-level', 'silent'])
    client = await httpsClient(server.kubeconfig)
  })
  afterAll(async () => {
    client.close()
    await server.end('SIGKILL')
    await folder.remove()
  })

  /** A connection that has said hello. */
  const open = async (): Promise<Attacker> => {
    const { host, port, ca, cert, key } = client.credentials
    const socket = connect({ host, port, ca, cert, key, ALPNProtocols: ['h2'] })
    await once(socket, 'secureConnect')
    socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame('settings', 0)]))
    return new Attacker(socket)
  }

  /** Runs an attack several times over; others are served meanwhile, and no memory is left behind. */
  const survive = async (attack: () => Promise<unknown>): Promise<void> => {
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round += 1) {
        const attacking = attack()
        expect((await client.get('/readyz')).text).toBe('ok')
        expect((await client.get(path)).status).toBe(200)
        await attacking
      }
    }
    const held = async (): Promise<number> => {
      const { heapUsed, external } = await server.memory()
      return heapUsed + external
    }
    await rounds(2)
    const settled = await held()
    await rounds(3)
    // The server may not have seen yet that the attacker has left.
    await expect.poll(held, { timeout: 20_000 }).toBeLessThan(settled + 15_000_000)
    expect(server.running).toBe(true)
  }
  const batch = 200
  const many = (make: (index: number) => Buffer) => (index: number) =>
    Buffer.concat(Array.from({ length: batch }, (_, offset) => make(index * batch + offset)))

  test('rapid reset: streams opened and reset in a loop', async () => {
    const headers = get(path)
    await survive(async () => {
      const attacker = await open()
      const openAndReset = (index: number): Buffer =>
        Buffer.concat([
          frame('headers', 2 * index + 1, headers, endHeaders | endStream),
          frame('reset', 2 * index + 1, number(8)),
        ])
      await attacker.flood(100, many(openAndReset))
      await expect.poll(() => attacker.refused, { timeout: 20_000 }).toBe(true)
      attacker.leave()
    })
  })

  test('rapid reset of watches and of writes leaves nothing running', async () => {
    const http2 = await http2Client(server.kubeconfig)
    const own = await watchesServed(client)
    for (let index = 0; index < 300; index += 1)
      http2
        .open(`${path}?watch=1`)
        .on('error', () => {})
        .close(8)
    await expect.poll(() => watchesServed(client)).toBe(own)
    http2.close()
  })

  test.each([
    ['endless', frame('continuation', 1, literal('x', 'y'.repeat(100)))],
    ['empty', frame('continuation', 1)],
  ])('%s continuations of headers', async (_, continuation) => {
    await survive(async () => {
      const attacker = await open()
      attacker.send(frame('headers', 1, get(path), endStream))
      await attacker.flood(
        500,
        many(() => continuation),
      )
      await expect.poll(() => attacker.refused, { timeout: 20_000 }).toBe(true)
      attacker.leave()
    })
  })

  test.each([
    ['PING', frame('ping', 0, Buffer.alloc(8))],
    ['SETTINGS', frame('settings', 0)],
  ])('one %s after another, and no answer is read', async (_, sent) => {
    await survive(async () => {
      const attacker = await open()
      attacker.pause()
      const flooding = attacker.flood(
        200,
        many(() => sent),
      )
      expect((await client.get('/readyz')).text).toBe('ok')
      attacker.leave()
      await flooding
    })
  })

  test('empty DATA frames and window updates for a request that is never finished', async () => {
    const post = [
      literal(':method', 'POST'),
      literal(':scheme', 'https'),
      literal(':authority', 'a'),
      literal(':path', path),
    ]
    await survive(async () => {
      const attacker = await open()
      attacker.send(frame('headers', 1, Buffer.concat(post), endHeaders))
      await attacker.flood(
        100,
        many((index) => (index % 2 === 0 ? frame('data', 1) : frame('windowUpdate', 1, number(1)))),
      )
      attacker.leave()
    })
  })

  test('hundreds of streams with bodies that never come', async () => {
    const writing = (): Promise<number> =>
      metricValue(client, 'apiserver_current_inflight_requests', /request_kind="mutating"/)
    await survive(async () => {
      const connections = await Promise.all(Array.from({ length: 4 }, () => http2Client(server.kubeconfig)))
      for (const { session } of connections) {
        for (let index = 0; index < 500; index += 1) {
          const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json' })
          stream.on('error', () => {})
          stream.write('{"metadata":')
        }
      }
      await expect.poll(writing).toBeGreaterThanOrEqual(200)
      for (const connection of connections) connection.close()
      await expect.poll(writing).toBe(0)
    })
  })

  test('responses that are never read', async () => {
    const filling = 'x'.repeat(500_000)
    for (let index = 0; index < 4; index += 1) {
      await client.post(path, { metadata: { name: `big-${index}` }, data: { filling } })
    }
    await survive(async () => {
      const http2 = await http2Client(server.kubeconfig, { settings: { initialWindowSize: 0 } })
      const streams = Array.from({ length: 100 }, () => http2.open(path).on('error', () => {}))
      await Promise.all(streams.map((stream) => once(stream, 'response')))
      http2.close()
    })
  })
})
