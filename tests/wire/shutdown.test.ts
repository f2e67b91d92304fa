import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { http2Client, readStream } from '../support/http2-client.ts'
import { type HttpsClient, httpsClient, readAnswer } from '../support/https-client.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const path = '/api/v1/namespaces/default/configmaps'

describe('a server that is told to stop', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: ServerProcess
  let client: HttpsClient
  const start = async (...flags: string[]): Promise<void> => {
    server = await startServerProcess(folder.path, flags)
    client = await httpsClient(server.kubeconfig)
  }
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    client.close()
    await server.end('SIGKILL')
    await folder.remove()
  })

  /** A POST whose body is half sent; `finish` sends the rest. */
  const beginWrite = async (name: string) => {
    const { host, port, ca, cert, key } = client.credentials
    const headers = { 'content-type': 'application/json', expect: '100-continue' }
    const call = request({ agent: false, host, port, ca, cert, key, method: 'POST', path, headers })
    const response = once(call, 'response') as Promise<[IncomingMessage]>
    call.flushHeaders()
    // The server reads the body: the request is on its way through the handlers.
    await once(call, 'continue')
    call.write(`{"metadata":{"name":"${name}"`)
    return async () => {
      call.end('}}')
      const [message] = await response
      return readAnswer(message)
    }
  }

  test('ends watches cleanly, lets requests finish, and exits with 0', async () => {
    await start()
    const http2 = await http2Client(server.kubeconfig)
    const { host, port, ca, cert, key } = client.credentials
    const from = (await client.post(path, { metadata: { name: 'first' } })).json.metadata.resourceVersion
    const query = `${path}?watch=1&resourceVersion=${from}`
    const watches = await Promise.all(Array.from({ length: 5 }, () => client.watch(query)))
    const streams = Array.from({ length: 5 }, () => http2.open(query))
    const read = streams.map(readStream)
    await Promise.all(streams.map((stream) => once(stream, 'response')))
    const socket = new WebSocket(`wss://${host}:${port}${query}`, { ca, cert, key })
    await once(socket, 'open')
    const closed = once(socket, 'close')
    await client.post(path, { metadata: { name: 'second' } })
    const finish = await beginWrite('third')

    server.signal('SIGTERM')
    for (const watch of watches) {
      expect((await watch.rest()).map(({ object }) => object.metadata.name)).toEqual(['second'])
    }
    for (const { text } of await Promise.all(read)) expect(text.split('\n')).toHaveLength(2)
    expect((await closed)[0]).toBe(1005)
    const written = await finish()
    expect([written.status, written.headers['connection']]).toEqual([201, 'close'])
    expect(await server.ended).toBe(0)
    expect(server.output()).toContain('fairlead: stopped')
    http2.close()

    client.close()
    await start()
    expect((await client.get(`${path}/third`)).json.metadata.uid).toBe(written.json.metadata.uid)
  })

  test('is not ready first, and serves on for the delay', async () => {
    await start('--storage', 'memory', '--shutdown-delay-duration', '2s')
    const watch = await client.watch(`${path}?watch=1&resourceVersion=1000000`)
    server.signal('SIGTERM')
    await expect.poll(async () => (await client.get('/readyz')).status).toBe(500)
    const { text } = await client.get('/readyz')
    expect(text).toContain('[-]shutdown failed: reason withheld\n')
    expect(text).toMatch(/readyz check failed\n$/)
    expect((await client.get('/livez')).text).toBe('ok')
    expect((await client.post(path, { metadata: { name: 'late' } })).status).toBe(201)
    expect(await watch.rest()).toEqual([])
    expect(await server.ended).toBe(0)
    await expect(client.get('/readyz')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/)
  })

  test('is not held up by watchers that do not read or by idle connections', async () => {
    await start('--storage', 'memory')
    const idle = await http2Client(server.kubeconfig)
    await idle.call('GET', '/readyz')
    const stuck = await http2Client(server.kubeconfig)
    const from = (await client.post(path, { metadata: { name: 'big' } })).json.metadata.resourceVersion
    const stream = stuck.open(`${path}?watch=1&resourceVersion=${from}`)
    stream.on('error', () => {})
    await once(stream, 'response')
    stream.pause()
    for (let index = 0; index < 8; index += 1) {
      await client.put(`${path}/big`, { metadata: { name: 'big' }, data: { filling: `${index}`.repeat(500_000) } })
    }
    expect(await server.end('SIGINT')).toBe(0)
    idle.close()
    stuck.close()
  })

  test('ends at once when it is told twice', async () => {
    await start('--storage', 'memory', '--shutdown-delay-duration', '1h')
    server.signal('SIGTERM')
    await expect.poll(() => server.output()).toContain('stopping')
    expect(await server.end('SIGTERM')).toBe(1)
  })
})
