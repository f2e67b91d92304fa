import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createTestAuthority } from '../testing/authority.ts'
import { startExtensionServer } from '../testing/extension-server.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { collect } from './collect.ts'
import { createTransport } from './transport.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A wire between client and server that can be cut without either hearing of it. */
async function wireTo(port: number) {
  const pairs: Socket[] = []
  let silent = false
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    pairs.push(client, upstream)
    const copy = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => {
        if (!silent) to.write(chunk)
      })
      from.on('error', () => undefined)
      from.on('close', () => to.destroy())
    }
    copy(client, upstream)
    copy(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    /** What is sent from here on is lost; new connections work. */
    goSilent() {
      silent = true
    },
    heal() {
      silent = false
    },
    close() {
      for (const socket of pairs) socket.destroy()
      server.close()
    },
  }
}

test('TLS-4 NOD-5: a connection whose other end is silent is given up after 45 seconds, and the next one works', async () => {
  const authority = await createTestAuthority('servers')
  const server = await startExtensionServer({
    certificate: await authority.issue({ commonName: 'api', usage: 'server', names: ['api.demo.svc'] }),
    handle(request, answer) {
      if (request.url === '/watch') (answer as { write(text: string): void }).write('event')
      else answer.end('ok')
    },
  })
  cleanups.push(() => server.close())
  const wire = await wireTo(server.port)
  cleanups.push(() => wire.close())
  const clock = createManualClock()
  const transport = createTransport({
    target: { serverName: 'api.demo.svc', caBundle: authority.certificate, insecureSkipTlsVerify: false },
    clientCertificate: () => undefined,
    clock,
  })
  cleanups.push(() => transport.destroy())
  const send = (path: string) =>
    transport.send(
      { host: '127.0.0.1', port: wire.port },
      { method: 'GET', path, headers: {}, signal: new AbortController().signal },
    )
  const watch = await send('/watch')
  const body = collect(watch, 1_000)
  wire.goSilent()
  const broken = expect(body).rejects.toThrow('unexpected EOF')
  clock.advance(30_000)
  clock.advance(15_000)
  await broken
  wire.heal()
  expect(Buffer.from((await collect(await send('/'), 1_000)).body).toString()).toBe('ok')
})
