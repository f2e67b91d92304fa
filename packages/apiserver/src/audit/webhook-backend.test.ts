import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestAuthority, type TestCertificate } from '../serving/testing/certificates.ts'
import { createWebhookClient } from '../webhook/webhook-client.ts'
import { readWebhookTarget } from '../webhook/webhook-target.ts'
import { testEvent } from './testing/event.ts'
import { createWebhookBackend } from './webhook-backend.ts'

interface Received {
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly subject: string | undefined
  readonly body: string
}

let server: Server
let port: number
let folder: string
let authority: Awaited<ReturnType<typeof createTestAuthority>>
let client: TestCertificate
let received: Received[]
let answers: number[]
let lost: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhook-'))
  authority = await createTestAuthority('webhook authority')
  const own = await authority.issue({ subject: [{ CN: ['webhook'] }], usage: 'server' })
  client = await authority.issue({ subject: [{ CN: ['apiserver'] }], usage: 'client' })
  const tls = {
    cert: own.certificate,
    key: own.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  }
  server = createServer(tls, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const socket = request.socket as import('node:tls').TLSSocket
    const { url, headers } = request
    received.push({
      url,
      headers,
      subject: socket.getPeerX509Certificate()?.subject,
      body: Buffer.concat(chunks).toString(),
    })
    response.writeHead(answers.shift() ?? 200).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

beforeEach(() => {
  received = []
  answers = []
  lost = []
})

async function kubeconfig(cluster: object, user: object = {}): Promise<string> {
  const path = join(folder, 'kubeconfig')
  await writeFile(
    path,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}/audit?x=1`, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  return path
}

async function open(path: string) {
  const clock = createManualClock()
  const backend = createWebhookBackend(createWebhookClient(await readWebhookTarget(path), { timeout: 30_000 }), {
    clock,
    random: () => 0,
    initialBackoff: 1000,
    report: (plugin, error, events) => lost.push(`${plugin}: ${(error as Error).message}: ${events.length}`),
  })
  return { clock, backend }
}

const trusted = () => ({ 'certificate-authority-data': Buffer.from(authority.certificate).toString('base64') })

test('events go out as one list', async () => {
  const { backend } = await open(await kubeconfig(trusted(), { token: 't0ken' }))
  const events = [testEvent({ request: { auditId: 'a', user: undefined } }), testEvent({ request: { auditId: 'b' } })]
  expect(await backend.process(events)).toBe(true)
  await backend.close()
  const [call] = received
  expect(call?.url).toBe('/audit?x=1')
  expect(call?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'content-type': 'application/json' })
  const time = '"requestReceivedTimestamp":"2023-11-14T22:13:20.000000Z","stageTimestamp":"2023-11-14T22:13:20.000000Z"'
  const rest = `"sourceIPs":["127.0.0.1"],"responseStatus":{"metadata":{},"code":200},${time}}`
  const item = (id: string, user: string) =>
    `{"level":"Metadata","auditID":"${id}","stage":"ResponseComplete","requestURI":"/","verb":"get","user":${user},${rest}`
  expect(call?.body).toBe(
    `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${item('a', '{}')},${item('b', '{"username":"jane"}')}]}`,
  )
})

test('with a client certificate and a token file, from files beside the kubeconfig', async () => {
  await writeFile(join(folder, 'ca.crt'), authority.certificate)
  await writeFile(join(folder, 'me.crt'), client.certificate)
  await writeFile(join(folder, 'me.key'), client.key)
  await writeFile(join(folder, 'token'), 'first\n')
  const user = { 'client-certificate': 'me.crt', 'client-key': 'me.key', tokenFile: 'token' }
  const { backend } = await open(await kubeconfig({ 'certificate-authority': 'ca.crt' }, user))
  await backend.process([testEvent()])
  await writeFile(join(folder, 'token'), 'second\n')
  await backend.process([testEvent()])
  await backend.close()
  expect(received.map(({ headers, subject }) => [headers.authorization, subject])).toEqual([
    ['Bearer first', 'CN=apiserver'],
    ['Bearer second', 'CN=apiserver'],
  ])
})

describe('failures', () => {
  /** Moves the clock whenever the backend waits for it. */
  async function finish(
    clock: ReturnType<typeof createManualClock>,
    answer: Promise<boolean>,
  ): Promise<[boolean, number]> {
    const start = clock.now()
    let done = false
    void answer.finally(() => {
      done = true
    })
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(1)
    }
    return [await answer, clock.now() - start]
  }

  test('are tried again after growing pauses', async () => {
    const { backend, clock } = await open(await kubeconfig(trusted()))
    answers = [500, 404, 302, 429]
    const [kept, waited] = await finish(clock, Promise.resolve(backend.process([testEvent()])))
    expect([kept, received.length, lost]).toEqual([true, 5, []])
    expect(waited).toBeGreaterThanOrEqual(1000 + 1500 + 2250 + 3375)
    await backend.close()
  })

  test('five times, and then the events are lost', async () => {
    const { backend, clock } = await open(await kubeconfig(trusted()))
    answers = [500, 500, 500, 500, 500, 200]
    const [kept] = await finish(clock, Promise.resolve(backend.process([testEvent(), testEvent()])))
    expect([kept, received.length, lost]).toEqual([false, 5, ['webhook: the server answered 500: {}: 2']])
    await backend.close()
  })

  test('a server that we do not trust gets nothing', async () => {
    const { backend, clock } = await open(await kubeconfig({}))
    const [kept] = await finish(clock, Promise.resolve(backend.process([testEvent()])))
    expect([kept, received]).toEqual([false, []])
    await backend.close()
    const blind = await open(await kubeconfig({ 'insecure-skip-tls-verify': true }))
    expect(await blind.backend.process([testEvent()])).toBe(true)
    await blind.backend.close()
  })
})

test.each([
  [{ 'proxy-url': 'http://x' }, {}, 'proxy-url is not supported here'],
  [{}, { exec: {} }, 'exec is not supported here'],
  [{ server: 'here' }, {}, 'the server of the cluster must be a URL, but is "here"'],
  [{ server: 'ftp://x' }, {}, 'unknown scheme of "ftp://x"'],
  [
    { 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'eA==' },
    {},
    'with the insecure flag is not allowed',
  ],
  [{}, { 'client-key-data': 'eA==' }, 'client-certificate and client-key go together'],
  [{}, { 'client-certificate': 'gone', 'client-key': 'gone' }, 'ENOENT'],
])('bad kubeconfig %j %j', async (cluster, user, text) => {
  await expect(readWebhookTarget(await kubeconfig(cluster, user))).rejects.toThrow(text)
})
