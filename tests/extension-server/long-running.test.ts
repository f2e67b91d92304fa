import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { kubectlFor } from '../support/kubectl.ts'
import { metricValue } from '../support/server-metrics.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

/** What open streams write when the test says so. */
const open = new Set<(text: string) => void>()

/** Answers with a stream that ends when it is told to. */
const streaming = {
  verbs: ['get'],
  handle: ({ signal }: { readonly signal: AbortSignal }) => ({
    status: 200,
    headers: { 'content-type': 'text/plain' },
    async body(sink: { write(bytes: Uint8Array): boolean }) {
      const write = (text: string): void => void sink.write(Buffer.from(`${text}\n`))
      write('begun')
      open.add(write)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      open.delete(write)
    },
  }),
} as const

const Machine = defineKind({
  group: 'machines.example.com',
  version: 'v1',
  kind: 'Machine',
  namespaced: true,
  schema: s.object({ spec: s.object({}) }),
  subresources: { connect: { console: { ...streaming, longRunning: true }, slow: streaming } },
})
const path = '/apis/machines.example.com/v1/namespaces/default/machines'
const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v1.machines.example.com'
const requestTimeout = 1000

let controlPlane: TestControlPlane
let client: HttpsClient
let server: RunningServer

beforeAll(async () => {
  controlPlane = await startTestControlPlane({ requestTimeout })
  client = await httpsClient(controlPlane.kubeconfig)
  server = await serve({ kinds: [Machine], kubeconfig: controlPlane.kubeconfig, requestTimeout })
  const kubectl = await kubectlFor(controlPlane, 'newest')
  await kubectl('wait', '--for=condition=Available', 'apiservice/v1.machines.example.com', '--timeout=30s')
  await client.post(path, { metadata: { name: 'one' }, spec: {} })
})
afterAll(async () => {
  client.close()
  await server.stop()
  await controlPlane.stop()
})

/** Starts to read a stream through the main server. */
function follow(subresource: string): Promise<IncomingMessage> {
  const { host, port, ca, cert, key } = client.credentials
  return new Promise((resolve, reject) => {
    request({ host, port, ca, cert, key, agent: false, path: `${path}/one/${subresource}` }, resolve)
      .on('error', reject)
      .end()
  })
}

async function nextChunk(stream: IncomingMessage): Promise<string> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) return String(chunk)
  throw new Error('the stream has ended')
}

test('FLT-6: what a kind declares may last at both servers; other streams are cut at the time limit', async () => {
  const annotations = (await client.get(apiService)).json.metadata.annotations
  expect(annotations?.['aggregation.fairlead.dev/long-running']).toBe('get console')
  const [lasting, short] = await Promise.all([follow('console'), follow('slow')])
  expect(await nextChunk(lasting)).toBe('begun\n')
  expect(await nextChunk(short)).toBe('begun\n')
  const labels = /verb="GET",group="machines.example.com",version="v1",resource="machines",subresource="console"/
  expect(await metricValue(client, 'apiserver_longrunning_requests', labels)).toBe(1)
  // Both began at the same time. By the end of the second one the limit has passed for the first one as well.
  await expect(nextChunk(short)).rejects.toThrow()
  for (const write of open) write('still there')
  expect(await nextChunk(lasting)).toBe('still there\n')
  lasting.destroy()
  await expect.poll(() => metricValue(client, 'apiserver_longrunning_requests', labels)).toBe(0)
})

test('FLT-6: the owner of an APIService decides; an annotation that says nothing is refused', async () => {
  const key = 'aggregation.fairlead.dev/long-running'
  const annotate = (text: string | null) =>
    client.patch(apiService, { metadata: { annotations: { [key]: text } } }, 'merge')
  const refused = await annotate('watch the machines')
  expect([refused.status, refused.json.message]).toEqual([
    422,
    `APIService.apiregistration.k8s.io "v1.machines.example.com" is invalid: metadata.annotations[${key}]: Invalid value: "watch the machines": ${key}: "watch the machines" is not a subresource, or a verb and a subresource`,
  ])
  expect((await annotate(null)).status).toBe(200)
  const cut = await follow('console')
  expect(await nextChunk(cut)).toBe('begun\n')
  await expect(nextChunk(cut)).rejects.toThrow()
})
