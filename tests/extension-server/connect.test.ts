import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Answer, type HttpsClient, httpsClient } from '../support/https-client.ts'
import { kubectlFor } from '../support/kubectl.ts'
import type { Credentials } from '../support/kubeconfig-credentials.ts'
import { requestAs } from '../support/request-as.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

/** How conversations have ended, as the server saw it, by the path behind the subresource. */
const endings = new Map<string, { readonly code: number; readonly reason: string }>()
/** Messages of a flood that the network has taken. */
let flooded = 0
const flood = 512
/** What the server has logged. */
const failures: unknown[] = []

const Machine = defineKind({
  group: 'machines.example.com',
  version: 'v1',
  kind: 'Machine',
  namespaced: true,
  schema: s.object({ spec: s.object({}) }),
  subresources: {
    connect: {
      console: {
        handle: async ({ object, user, path, request }) => ({
          status: 200,
          headers: { 'content-type': 'text/plain' },
          body: [
            request.method,
            object.metadata.name,
            user.name,
            path,
            Buffer.from(await request.body.bytes(1024)).toString(),
          ].join('|'),
        }),
        webSocket: {
          subprotocols: ['v2.console.example.com', 'v1.console.example.com'],
          maxMessageBytes: 8 << 20,
          async talk({ messages, send, close, closed, protocol }, { object, user, path }) {
            void closed.then((ending) => endings.set(path, ending))
            await send(`${protocol} ${object.metadata.name} ${path}`)
            for await (const message of messages) {
              if (message === 'who') await send(JSON.stringify({ name: user.name, groups: user.groups }))
              else if (message === 'quit') return
              else if (message === 'fail') throw new Error('the machine is on fire')
              else if (message === 'goodbye') close(4000, 'as you like')
              else if (message === 'flood') {
                for (flooded = 0; flooded < flood; flooded += 1) await send(Buffer.alloc(1 << 16, flooded % 251))
              } else await send(message)
            }
          },
        },
      },
      screen: { verbs: ['get'], webSocket: { talk: ({ send }) => send('dark') } },
      report: { verbs: ['get'], handle: () => ({ status: 200, headers: {}, body: 'fine' }) },
    },
  },
})
const path = '/apis/machines.example.com/v1/namespaces/default/machines'
const versions = ['v1.console.example.com', 'v2.console.example.com']

let controlPlane: TestControlPlane
let client: HttpsClient
let server: RunningServer

async function available(): Promise<void> {
  const selector = encodeURIComponent('metadata.name=v1.machines.example.com')
  const watch = await client.watch(`/apis/apiregistration.k8s.io/v1/apiservices?watch=true&fieldSelector=${selector}`)
  await watch.until(({ object }) => JSON.stringify(object.status).includes('"True"'))
  watch.close()
}

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  server = await serve({
    kinds: [Machine],
    kubeconfig: controlPlane.kubeconfig,
    log: { error: (_, { error }) => failures.push(error) },
  })
  await available()
  const machine = { apiVersion: 'machines.example.com/v1', kind: 'Machine', metadata: { name: 'a' }, spec: {} }
  expect((await client.post(path, machine)).status).toBe(201)
})
afterAll(async () => {
  client.close()
  await server.stop()
  await controlPlane.stop()
})

/** The administrator's way to one of the servers. */
const ways: readonly (readonly [string, () => Credentials])[] = [
  [
    'directly',
    () => ({
      ...client.credentials,
      host: '127.0.0.1',
      port: Number(new URL(server.url).port),
      ca: Buffer.from(server.authority),
    }),
  ],
  ['through the aggregator', () => client.credentials],
]

describe.each(ways)('%s', (way, credentials) => {
  const tag = way.replaceAll(' ', '-')

  interface Opened {
    readonly socket: WebSocket
    next(): Promise<string | Buffer>
    ended: Promise<{ code: number; reason: string }>
  }

  function open(target: string, protocols: string[] = [], headers: Record<string, string> = {}): Opened {
    const { host, port, ca, cert, key } = credentials()
    const socket = new WebSocket(`wss://${host}:${port}${path}/${target}`, protocols, { ca, cert, key, headers })
    const waiting: (string | Buffer)[] = []
    let wake = (): void => undefined
    socket.on('message', (data: Buffer, isBinary) => {
      waiting.push(isBinary ? data : data.toString())
      wake()
    })
    return {
      socket,
      async next() {
        while (waiting.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        return waiting.shift() as string | Buffer
      },
      ended: new Promise((resolve) => {
        socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
      }),
    }
  }

  async function openConsole(): Promise<Opened> {
    const opened = open('a/console/tty/0', versions)
    expect(await opened.next()).toBe('v2.console.example.com a tty/0')
    return opened
  }

  function ask(target: string, options: Parameters<typeof requestAs>[3] = {}): Promise<Answer> {
    const { cert, key, ...address } = credentials()
    return requestAs(address, { certificate: cert.toString(), key: key.toString() }, `${path}/${target}`, options)
  }

  /** The answer to a request for a WebSocket that is not granted. */
  async function refusal(target: string, protocols: string[] = []): Promise<[number, string]> {
    const { socket } = open(target, protocols)
    socket.on('error', () => undefined)
    const [, answer] = await once(socket, 'unexpected-response')
    let text = ''
    for await (const chunk of answer) text += String(chunk)
    socket.terminate()
    return [answer.statusCode, text]
  }

  test('over HTTP: any method that is declared, with a path and a body', async () => {
    const call = (method: string, body?: string) => ask('a/console/tty/0?x=1', { method, body })
    expect((await call('GET')).text).toBe('GET|a|kubernetes-admin|tty/0|')
    expect((await call('POST', 'hello')).text).toBe('POST|a|kubernetes-admin|tty/0|"hello"')
    expect((await call('PUT', 'hello')).status).toBe(405)
  })

  test('a WebSocket: the best subprotocol, the caller, whatever a client claims to be', async () => {
    const claims = { 'x-remote-user': 'mallory', 'x-remote-group': 'made-up', 'X-Remote-Extra-Scopes': 'all' }
    const { socket, next, ended } = open('a/console', versions, claims)
    expect(await next()).toBe('v2.console.example.com a ')
    socket.send('who')
    const who = JSON.parse(String(await next())) as { name: string; groups: string[] }
    expect(who.name).toBe('kubernetes-admin')
    expect(who.groups).toContain('system:masters')
    expect(who.groups).not.toContain('made-up')
    socket.close()
    await ended
  })

  test('messages of any kind and size come back as they were', async () => {
    const { socket, next, ended } = await openConsole()
    const big = randomBytes(5 << 20)
    const text = 'größer '.repeat(100_000)
    for (const message of ['', 'ü', Buffer.alloc(0), Buffer.from([0, 255]), text, big]) {
      socket.send(message)
      expect(Buffer.from(await next()).equals(Buffer.from(message))).toBe(true)
    }
    // One message in many frames.
    for (let part = 0; part < 100; part += 1) socket.send(`${part},`, { fin: part === 99 })
    expect(await next()).toBe(Array.from({ length: 100 }, (_, part) => `${part},`).join(''))
    socket.close()
    await ended
  })

  test('a message that is too long closes with 1009', async () => {
    const { socket, ended } = await openConsole()
    socket.send(Buffer.alloc((8 << 20) + 1))
    expect((await ended).code).toBe(1009)
  })

  test('a client that reads late gets everything, in order', async () => {
    const { socket, next, ended } = await openConsole()
    socket.send('flood')
    socket.pause()
    await expect.poll(() => flooded).toBeGreaterThan(0)
    for (let before = -1; before !== flooded; ) {
      before = flooded
      await ask('a/report')
    }
    expect(flooded).toBeLessThan(flood)
    socket.resume()
    for (let index = 0; index < flood; index += 1) {
      const message = await next()
      expect([message.length, message[0]]).toEqual([1 << 16, index % 251])
    }
    socket.close()
    await ended
  })

  test('close codes reach the other side', async () => {
    const first = open(`a/console/${tag}/enough`, versions)
    await first.next()
    first.socket.close(4001, 'enough')
    await first.ended
    await expect.poll(() => endings.get(`${tag}/enough`)).toEqual({ code: 4001, reason: 'enough' })

    for (const [said, ending] of [
      ['goodbye', { code: 4000, reason: 'as you like' }],
      ['quit', { code: 1000, reason: '' }],
      ['fail', { code: 1011, reason: 'internal error' }],
    ] as const) {
      const { socket, ended } = await openConsole()
      socket.send(said)
      expect(await ended).toEqual(ending)
    }
    await expect.poll(() => failures.map(String)).toContain('Error: the machine is on fire')
    failures.length = 0
  })

  test('a client that ends its half, or breaks off, is gone', async () => {
    const { host, port, ca, cert, key } = credentials()
    for (const leave of ['end', 'destroy'] as const) {
      const target = `${tag}/${leave}`
      const socket = connectTls({ host, port, ca, cert, key, ALPNProtocols: ['http/1.1'] })
      socket.write(
        `GET ${path}/a/console/${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Protocol: ${versions[0]}\r\n\r\n`,
      )
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      expect(chunk.toString()).toMatch(/^HTTP\/1\.1 101 /)
      socket.resume()
      socket[leave]()
      await once(socket, 'close')
      await expect.poll(() => endings.get(target)).toEqual({ code: 1006, reason: '' })
    }
  })

  test('what is refused, and how', async () => {
    const [status, text] = await refusal('a/console', ['v9.console.example.com'])
    expect([status, JSON.parse(text).message]).toEqual([
      400,
      `the client has to offer one of the subprotocols v2.console.example.com, v1.console.example.com`,
    ])
    expect((await refusal('none/console', versions))[0]).toBe(404)
    expect((await refusal('a/nothing'))[0]).toBe(404)
    const plain = await ask('a/screen')
    expect([plain.status, plain.json.message]).toEqual([400, 'Upgrade request required'])
    // A plain answer to a request for a WebSocket is an error on the way through.
    expect(await refusal('a/report')).toEqual(
      way === 'directly' ? [200, 'fine'] : [503, 'invalid upgrade response: status code 200\n'],
    )
  })

  test('who may not is told so', async () => {
    const kubectl = await kubectlFor(controlPlane, 'newest')
    const name = way === 'directly' ? 'direct' : 'behind'
    await kubectl('create', 'serviceaccount', name)
    const token = (await kubectl('create', 'token', name)).trim()
    const { host, port, ca } = credentials()
    const socket = new WebSocket(`wss://${host}:${port}${path}/a/screen`, {
      ca,
      headers: { authorization: `Bearer ${token}` },
    })
    socket.on('error', () => undefined)
    const [, answer] = await once(socket, 'unexpected-response')
    expect(answer.statusCode).toBe(403)
    socket.terminate()
  })
})

test('a server that stops says goodbye with 1001', async () => {
  const codes = await Promise.all(
    ways.map(async ([, credentials]) => {
      const { host, port, ca, cert, key } = credentials()
      const socket = new WebSocket(`wss://${host}:${port}${path}/a/console`, versions, { ca, cert, key })
      await once(socket, 'message')
      return { closed: once(socket, 'close') }
    }),
  )
  await server.stop()
  for (const { closed } of codes) expect((await closed)[0]).toBe(1001)
})
