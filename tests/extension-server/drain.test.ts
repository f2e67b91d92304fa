import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { connectTo } from '@fairlead/client/node'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Credentials, readCredentials } from '../support/kubeconfig-credentials.ts'
import { readAnswer } from '../support/https-client.ts'
import { skippingClock } from '../support/skipping-clock.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const path = '/apis/jobs.example.com/v1/namespaces/default/jobs'

let controlPlane: TestControlPlane
let credentials: Credentials
let server: RunningServer
const clock = skippingClock()
let begun: Promise<void>
let finish: () => void

beforeEach(async () => {
  let begin: () => void
  begun = new Promise((resolve) => {
    begin = resolve
  })
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const Job = defineKind({
    group: 'jobs.example.com',
    version: 'v1',
    kind: 'Job',
    namespaced: true,
    schema: s.object({ spec: s.object({}) }),
    subresources: {
      connect: {
        run: {
          verbs: ['create'],
          async handle() {
            begin()
            await finished
            return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'done' }
          },
        },
      },
    },
  })
  controlPlane = await startTestControlPlane()
  credentials = await readCredentials(controlPlane.kubeconfig)
  server = await serve({ kinds: [Job], kubeconfig: controlPlane.kubeconfig, shutdownDelay: 10_000, clock })
})
afterEach(async () => {
  finish()
  const stopped = server.stop()
  clock.skip(10_000)
  await stopped
  await controlPlane.stop()
})

/** Calls the extension server itself. */
async function call(method: string, target: string): Promise<IncomingMessage> {
  const { cert, key } = credentials
  const options = { method, cert, key, ca: server.authority, agent: false } as const
  const sent = request(`${server.url}${target}`, options)
  sent.end(method === 'POST' ? '{}' : undefined)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response
}
const readyz = async () => (await readAnswer(await call('GET', '/readyz'))).status

test('SRV-8: not ready first; then what has begun ends, watches too, and nothing new is taken', async () => {
  const connected = connectTo({
    server: server.url,
    certificateAuthority: server.authority,
    namespace: 'default',
    clientCertificate: String(credentials.cert),
    clientKey: String(credentials.key),
  })
  const jobs = connected.client.resource('jobs.example.com/v1', 'jobs').namespace('default')
  await jobs.create({ apiVersion: 'jobs.example.com/v1', kind: 'Job', metadata: { name: 'one' }, spec: {} })
  const watching = await call('GET', `${path}?watch=true`)
  const watched = readAnswer(watching)
  const running = call('POST', `${path}/one/run`)
  await begun
  expect(await readyz()).toBe(200)

  const stopped = server.stop()
  // Load balancers look at this before anything is refused.
  expect(await readyz()).toBe(500)
  await jobs.create({ apiVersion: 'jobs.example.com/v1', kind: 'Job', metadata: { name: 'two' }, spec: {} })
  connected.close()
  clock.skip(10_000)

  // The watch ends by itself, whole, with all that it had to tell.
  const events = (await watched).text.trim().split('\n')
  expect(events.map((line) => JSON.parse(line).object.metadata.name)).toEqual(['one', 'two'])
  await expect(call('GET', '/readyz')).rejects.toThrow('ECONNREFUSED')
  finish()
  expect((await readAnswer(await running)).text).toBe('done')
  await stopped
})
