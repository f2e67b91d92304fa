import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Http2Client, http2Client } from '../support/http2-client.ts'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { createQueue } from '../support/queue.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { metricValue, watchesServed } from '../support/server-metrics.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const path = '/api/v1/namespaces/default/configmaps'
const query = 'watch=true&resourceVersion='
const stalledOfEachKind = 8
const changeBytes = 200_000
/** What may wait for one watcher, and the bounds of both histories together. */
const watchBufferLimit = 16_000_000
const bytesOfHistory = 100_000_000

/** A watch whose client has stopped reading. `ended` reads on, and resolves when the server has broken it off. */
interface StalledWatch {
  ended(): Promise<void>
}

const resourceVersion = (event: string): string => JSON.parse(event).object.metadata.resourceVersion

describe('watchers that stop reading', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: ServerProcess
  let client: HttpsClient
  let http2: Http2Client
  /** Streams that are not read use up the window of their connection, which their neighbours on it would miss. */
  let stalledConnection: Http2Client
  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await startServerProcess(folder.path, ['--storage', 'memory'])
    client = await httpsClient(server.kubeconfig)
    http2 = await http2Client(server.kubeconfig)
    stalledConnection = await http2Client(server.kubeconfig)
  })
  afterAll(async () => {
    client.close()
    http2.close()
    stalledConnection.close()
    await server.end('SIGKILL')
    await folder.remove()
  })

  const watches = (): Promise<number> => watchesServed(client)

  const webSocket = (from: string): WebSocket => {
    const { host, port, ca, cert, key } = client.credentials
    return new WebSocket(`wss://${host}:${port}${path}?${query}${from}`, { ca, cert, key })
  }

  const stalledHttp1 = async (from: string): Promise<StalledWatch> => {
    const { host, port, ca, cert, key } = client.credentials
    const call = request({ agent: false, host, port, ca, cert, key, path: `${path}?${query}${from}` })
    call.end()
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    response.pause()
    return {
      ended: () =>
        new Promise((resolve, reject) => {
          response.on('error', () => resolve())
          response.on('end', () => reject(new Error('the watch ended as if all had been sent')))
          response.resume()
        }),
    }
  }

  const stalledHttp2 = async (from: string): Promise<StalledWatch> => {
    const stream = stalledConnection.open(`${path}?${query}${from}`)
    await once(stream, 'response')
    stream.pause()
    const failed = new Promise<void>((resolve) => stream.on('error', () => resolve()))
    return { ended: () => failed }
  }

  const stalledWebSocket = async (from: string): Promise<StalledWatch> => {
    const socket = webSocket(from)
    await once(socket, 'open')
    socket.pause()
    return {
      ended: () =>
        new Promise((resolve, reject) => {
          socket.on('close', (code: number) =>
            code === 1006 ? resolve() : reject(new Error(`the watch ended as if all had been sent: ${code}`)),
          )
          socket.resume()
        }),
    }
  }

  /** Watches that read, one over each protocol: each gives the resourceVersions of its events, one by one. */
  const readers = {
    async http1(from: string): Promise<() => Promise<string>> {
      const watch = await client.watch(`${path}?${query}${from}`)
      return async () => (await watch.next()).object.metadata.resourceVersion
    },
    async http2(from: string): Promise<() => Promise<string>> {
      const stream = http2.open(`${path}?${query}${from}`)
      await once(stream, 'response')
      const events = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
      return async () => resourceVersion((await events.next()).value as string)
    },
    async webSocket(from: string): Promise<() => Promise<string>> {
      const seen = createQueue<string>()
      const socket = webSocket(from)
      socket.on('message', (message: Buffer) => seen.push(resourceVersion(message.toString())))
      await once(socket, 'open')
      return () => seen.next()
    },
  }

  test('are ended and cost a bounded amount of memory; their neighbours see every event in order', async () => {
    const own = await watches()
    const from = (await client.post(path, { metadata: { name: 'changing' } })).json.metadata.resourceVersion
    const reading = [await readers.http1(from), await readers.http2(from), await readers.webSocket(from)]
    /** Changes an object, and lets the watchers that read see each change. */
    const change = async (times: number): Promise<string> => {
      let written = ''
      for (let index = 0; index < times; index += 1) {
        const body = { metadata: { name: 'changing' }, data: { [`key-${index % 2}`]: 'x'.repeat(changeBytes) } }
        written = (await client.put(`${path}/changing`, body)).json.metadata.resourceVersion
        for (const next of reading) expect(await next()).toBe(written)
      }
      return written
    }
    // From here on the store and the watch cache hold as much history as they ever will.
    const last = await change(bytesOfHistory / changeBytes)
    const before = await server.memory()
    const growth = async (): Promise<number> => {
      const { heapUsed, external } = await server.memory()
      return heapUsed + external - before.heapUsed - before.external
    }

    const stalled: StalledWatch[] = []
    for (let index = 0; index < stalledOfEachKind; index += 1) {
      stalled.push(await stalledHttp1(last), await stalledHttp2(last), await stalledWebSocket(last))
    }
    await change((watchBufferLimit * 0.8) / changeBytes)
    expect(await watches()).toBe(own + stalled.length + reading.length)
    expect(await growth()).toBeLessThan(2 * watchBufferLimit)

    await change(watchBufferLimit / changeBytes)
    await expect.poll(watches).toBe(own + reading.length)
    expect(await growth()).toBeLessThan(2 * watchBufferLimit)
    await Promise.all(stalled.map((watch) => watch.ended()))
    const configMaps = /resource="configmaps"/
    expect(await metricValue(client, 'apiserver_terminated_watchers_total', configMaps)).toBe(stalled.length)
    expect(await metricValue(client, 'apiserver_watch_events_total', configMaps)).toBeGreaterThan(1000)
    expect((await client.get('/readyz')).text).toBe('ok')
  })
})
