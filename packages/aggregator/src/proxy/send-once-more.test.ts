import { systemClock } from '@fairlead/apimachinery'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { formatAddress } from '../backend/address.ts'
import { networkBackend } from '../backend/network-backend.ts'
import { createTransport } from '../backend/transport.ts'
import { createTestAuthority, type TestAuthority, type TestCertificate } from '../testing/authority.ts'
import { http2 } from '../testing/client.ts'
import { type ExtensionServer, startExtensionServer } from '../testing/extension-server.ts'
import { type Front, startFront } from '../testing/front.ts'
import { proxyRequest } from './proxy-request.ts'

const flunders = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders'
let authority: TestAuthority
let certificate: TestCertificate
let healthy: ExtensionServer
/** What the healthy server was asked. */
let asked: string[]
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(async () => {
  authority = await createTestAuthority('servers')
  certificate = await authority.issue({ commonName: 'api', usage: 'server', names: ['api.wardle.svc'] })
})
beforeEach(async () => {
  asked = []
  healthy = await startExtensionServer({
    certificate,
    handle(request, answer) {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        asked.push(`${request.method ?? ''} ${request.url ?? ''} ${Buffer.concat(chunks).toString()}`.trim())
        answer.end('ok')
      })
    },
  })
  cleanups.push(() => healthy.close())
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A front whose requests go to the first port, and to the others when that one is to be avoided. */
async function frontOf(...ports: readonly number[]): Promise<Front> {
  const transport = createTransport({
    target: { serverName: 'api.wardle.svc', caBundle: authority.certificate, insecureSkipTlsVerify: false },
    clientCertificate: () => undefined,
    clock: systemClock,
  })
  const addresses = ports.map((port) => ({ host: '127.0.0.1', port }))
  const backend = networkBackend(transport, {
    usesService: true,
    resolve(avoid) {
      const [first] = addresses
      const found = addresses.find((address) => formatAddress(address) !== avoid) ?? first
      if (found === undefined) throw new Error('no endpoints available for service "api"')
      return found
    },
  })
  const options = { clock: systemClock, rejectRedirects: true, onFailure: () => undefined, onRefused: () => undefined }
  const front = await startFront({ authority, handlers: [(context) => proxyRequest(context, backend, options)] })
  cleanups.push(
    () => transport.destroy(),
    () => front.close(),
  )
  return front
}

/** A server that takes requests and dies of them. */
async function dying(http2Too: boolean): Promise<ExtensionServer> {
  const server = await startExtensionServer({
    certificate,
    http2: http2Too,
    handle: (request) => (request as { socket: { destroy(): void } }).socket.destroy(),
  })
  cleanups.push(() => server.close())
  return server
}

const nobody = 1

test('PAIN-9: where nobody listens nothing was lost: the request goes to another server, body and all', async () => {
  const front = await frontOf(nobody, healthy.port)
  const body = 'x'.repeat(100_000)
  const answer = await http2(front.http2(), flunders, { ':method': 'POST' }, body)
  expect([answer.status, answer.body]).toEqual([200, 'ok'])
  expect(asked).toEqual([`POST ${flunders} ${body}`])
})

test('PAIN-9: when there is no other server, the client is told of the first', async () => {
  const front = await frontOf(nobody)
  const answer = await http2(front.http2(), flunders)
  expect([answer.status, answer.body]).toEqual([
    503,
    'error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused\n',
  ])
})

test.each<[string, string, string, readonly string[]]>([
  ['a list', 'GET', flunders, [`GET ${flunders}`]],
  ['an object', 'GET', `${flunders}/one`, [`GET ${flunders}/one`]],
  ['a status', 'GET', `${flunders}/one/status`, [`GET ${flunders}/one/status`]],
  ['a subresource of its own', 'GET', `${flunders}/one/console`, []],
  ['a deletion', 'DELETE', `${flunders}/one`, []],
  ['a creation', 'POST', flunders, []],
])(
  'PAIN-9: a server dies of a request that another may get only if it reads: %s',
  async (_title, method, path, seen) => {
    for (const http2Too of [true, false]) {
      asked.length = 0
      const front = await frontOf((await dying(http2Too)).port, healthy.port)
      const answer = await http2(front.http2(), path, { ':method': method })
      expect(asked).toEqual(seen)
      if (seen.length > 0) expect(answer.status).toBe(200)
      else
        expect([answer.status, answer.body]).toEqual([503, expect.stringMatching(/^error trying to reach service: /)])
    }
  },
)
