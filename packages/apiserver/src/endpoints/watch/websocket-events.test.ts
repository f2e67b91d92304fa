import { decodeWatchEvent, expired } from '@fairlead/apimachinery'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Listener, listen } from '../../serving/listener.ts'
import { createTestAuthority, type TestAuthority } from '../../serving/testing/certificates.ts'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

let authority: TestAuthority
let listener: Listener
let server: TestServer
const reports: string[] = []

beforeAll(async () => {
  authority = await createTestAuthority('test authority')
  const certificate = await authority.issue({ subject: [{ CN: ['127.0.0.1'] }], usage: 'server' })
  server = createTestServer()
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: { ...certificate, clientCa: authority.certificate },
    handle: server.handle,
    report: (message, error) => reports.push(`${message}: ${String(error)}`),
  })
})

afterAll(async () => {
  listener.cut()
  await listener.release()
  expect(reports).toEqual([])
})

interface Message {
  readonly data: Buffer
  readonly binary: boolean
}

/** Connects, and gives messages one by one; undefined when the socket is closed. */
function connect(
  query: string,
  headers: Record<string, string> = {},
): { next(): Promise<Message | undefined>; close(): void } {
  const socket = new WebSocket(`wss://127.0.0.1:${listener.port}/api/v1/namespaces/default/configmaps?${query}`, {
    ca: authority.certificate,
    headers,
  })
  const messages: Message[] = []
  let closed = false
  let wake: (() => void) | undefined
  const change = (): void => wake?.()
  socket.on('message', (data: Buffer, binary) => {
    messages.push({ data, binary })
    change()
  })
  socket.on('close', () => {
    closed = true
    change()
  })
  return {
    async next() {
      while (messages.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return messages.shift()
    },
    close: () => socket.close(),
  }
}

const configMap = (name: string) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'default' } })

describe('watch over a WebSocket', () => {
  test('text messages for JSON; the server closes when the watch is over', async () => {
    const memory = server.memory('configmaps')
    memory.put(configMap('a'))
    const { next } = connect('watch=true&allowWatchBookmarks=true')
    const added = await next()
    expect([added?.binary, JSON.parse(added?.data.toString() ?? '')]).toMatchObject([
      false,
      { type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'a' } } },
    ])
    expect(JSON.parse((await next())?.data.toString() ?? '')).toMatchObject({ type: 'BOOKMARK' })
    memory.put(configMap('b'))
    expect(JSON.parse((await next())?.data.toString() ?? '')).toMatchObject({ object: { metadata: { name: 'b' } } })
    memory.send({ type: 'ERROR', error: expired('too old') })
    expect(JSON.parse((await next())?.data.toString() ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410 } })
    expect(await next()).toBeUndefined()
    await expect.poll(() => memory.sessions.open).toBe(0)
  })

  test('binary messages for protobuf; a client that leaves ends the watch', async () => {
    const memory = server.memory('configmaps')
    const { next, close } = connect('watch=true', { accept: 'application/vnd.kubernetes.protobuf' })
    const message = await next()
    expect(message?.binary).toBe(true)
    expect(decodeWatchEvent(message?.data.subarray(4) ?? new Uint8Array()).type).toBe('ADDED')
    expect(memory.sessions.open).toBe(1)
    close()
    await expect.poll(() => memory.sessions.open).toBe(0)
  })

  test('many events, more than the network takes at once', async () => {
    const memory = server.memory('configmaps')
    const { next, close } = connect('watch=true&resourceVersion=5')
    await expect.poll(() => memory.sessions.open).toBe(1)
    for (let index = 0; index < 300; index += 1) {
      memory.put({ ...configMap(`n${index}`), data: { k: 'x'.repeat(5000) } } as never)
    }
    for (let index = 0; index < 300; index += 1) {
      expect(JSON.parse((await next())?.data.toString() ?? '').object.metadata.name).toBe(`n${index}`)
    }
    close()
    await expect.poll(() => memory.sessions.open).toBe(0)
  })
})
