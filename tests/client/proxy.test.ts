import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { type ClusterAccess, connectTo, createServerTransport, loadKubeconfig } from '@fairlead/client/node'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
let access: ClusterAccess
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ insecure: { port: 0, bindAddress: '127.0.0.1' } })
  access = await loadKubeconfig({ path: controlPlane.kubeconfig })
})
afterAll(() => controlPlane.stop())
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

interface Proxy {
  readonly port: number
  /** What it was asked, and by whom. */
  readonly asked: string[]
}

/** An HTTP proxy as there are many; `status` is what it answers. */
async function startProxy({ status = 200, pair }: { status?: number; pair?: { cert: string; key: string } } = {}) {
  const asked: string[] = []
  const server = pair === undefined ? createHttpServer() : createHttpsServer(pair)
  const sockets = new Set<Duplex>()
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    sockets.add(socket.on('error', () => undefined))
    asked.push(`${url} ${headers['proxy-authorization'] ?? 'nobody'}`)
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const { hostname, port } = new URL(`http://${url}`)
    const onward = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    sockets.add(onward.on('error', () => undefined))
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, asked } satisfies Proxy
}

const version = async (to: ClusterAccess): Promise<string> => {
  const { client, close } = connectTo(to)
  closers.push(close)
  const { gitVersion } = await client.request<{ gitVersion: string }>({ path: '/version' })
  return gitVersion
}
const targetOf = (url: string): string => new URL(url).host

test('the proxy of a kubeconfig carries calls to the server, and is shown its own name and password', async () => {
  const { port, asked } = await startProxy()
  const config = JSON.parse(await readFile(controlPlane.kubeconfig, 'utf8')) as {
    clusters: { cluster: Record<string, string> }[]
  }
  for (const { cluster } of config.clusters) cluster['proxy-url'] = `http://me:p%40ss@127.0.0.1:${port}`
  const path = join(controlPlane.folder, 'proxied')
  await writeFile(path, JSON.stringify(config))
  expect(await version(await loadKubeconfig({ path }))).toMatch(/^v1\./)
  const credentials = Buffer.from('me:p@ss').toString('base64')
  expect(asked).toEqual([`${targetOf(access.server)} Basic ${credentials}`])
})

test('a proxy that is reached by TLS and judged as the server is, and a server without TLS', async () => {
  const pki = join(controlPlane.folder, 'pki')
  const [cert, key] = await Promise.all([
    readFile(join(pki, 'apiserver.crt'), 'utf8'),
    readFile(join(pki, 'apiserver.key'), 'utf8'),
  ])
  const secured = await startProxy({ pair: { cert, key } })
  const proxyUrl = `https://127.0.0.1:${secured.port}`
  expect(await version({ ...access, proxyUrl })).toMatch(/^v1\./)
  const { certificateAuthority: _, ...untrusting } = access
  const transport = createServerTransport({ ...untrusting, proxyUrl })
  await expect(transport.call({ method: 'GET', path: '/version' })).rejects.toThrow(
    `the proxy 127.0.0.1:${secured.port}: unable to verify the first certificate`,
  )
  const plain = await startProxy()
  const server = controlPlane.insecureUrl ?? ''
  expect(await version({ server, namespace: 'default', proxyUrl: `http://127.0.0.1:${plain.port}` })).toMatch(/^v1\./)
  expect(plain.asked).toEqual([`${targetOf(server)} nobody`])
})

test('a proxy that does not want to, or is not there, is named, and nothing was sent', async () => {
  const { port } = await startProxy({ status: 407 })
  const refusing = createServerTransport({ ...access, proxyUrl: `http://me:secret@127.0.0.1:${port}` })
  closers.push(() => refusing.close())
  const call = { method: 'POST', path: '/', body: '{}' }
  await expect(refusing.call(call)).rejects.toMatchObject({
    name: 'ConnectionError',
    unsent: true,
    message: `the proxy 127.0.0.1:${port} does not connect to ${targetOf(access.server)}: 407 No`,
  })
  const absent = createServerTransport({ ...access, proxyUrl: 'http://127.0.0.1:1' })
  await expect(absent.call(call)).rejects.toMatchObject({
    unsent: true,
    message: 'the proxy 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
  })
})

test('a proxy that says nothing is given up', async () => {
  const server = createHttpServer()
  server.on('connect', (_request, socket: Socket) => void closers.push(() => socket.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const clock = createManualClock()
  const proxyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport = createServerTransport({ ...access, proxyUrl }, { clock })
  const call = transport.call({ method: 'GET', path: '/version' }).catch((error: unknown) => error)
  await once(server, 'connect')
  clock.advance(30_000)
  expect(await call).toMatchObject({ unsent: true, message: 'connecting took too long' })
})
