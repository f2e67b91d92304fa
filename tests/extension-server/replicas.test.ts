import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v1.lamps.example.com'
const Lamp = defineKind({
  group: 'lamps.example.com',
  version: 'v1',
  kind: 'Lamp',
  namespaced: true,
  schema: s.object({ spec: s.object({}) }),
})

let controlPlane: TestControlPlane
let client: HttpsClient
const servers: RunningServer[] = []
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ aggregation: { routeToEndpoints: false, rejectRedirects: true } })
  client = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  client.close()
  await Promise.all(servers.map((server) => server.stop()))
  await controlPlane.stop()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A replica behind the Service `lamps/api`. */
async function replica(servicePort: number, port: number): Promise<RunningServer> {
  const server = await serve({
    kinds: [Lamp],
    kubeconfig: controlPlane.kubeconfig,
    service: { namespace: 'lamps', name: 'api', port: servicePort },
    bindAddress: '127.0.0.1',
    port,
  })
  servers.push(server)
  return server
}
async function authorities(): Promise<readonly string[]> {
  const { spec } = (await client.get(apiService)).json
  const bundle = Buffer.from(String(spec['caBundle']), 'base64').toString()
  return (bundle.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem).fingerprint256,
  )
}
const fingerprint = ({ authority }: RunningServer): string => new X509Certificate(authority).fingerprint256
const served = async () => (await client.get('/apis/lamps.example.com/v1/namespaces/default/lamps')).status

test('PAIN-13 RSV-1: replicas have authorities of their own, and the APIService has them all', async () => {
  const port = await freePort()
  await client.post('/api/v1/namespaces', { metadata: { name: 'lamps' } })
  const spec = { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] }
  const made = await client.post('/api/v1/namespaces/lamps/services', { metadata: { name: 'api' }, spec })
  expect(made.status).toBe(201)

  const first = await replica(port, port)
  await expect.poll(served).toBe(200)
  expect(await authorities()).toEqual([fingerprint(first)])

  const [second, third] = await Promise.all([replica(port, 0), replica(port, 0)])
  expect((await authorities()).toSorted()).toEqual([first, second, third].map(fingerprint).toSorted())
  // The first one answers behind the Service, by the bundle that the others have written.
  await expect.poll(served).toBe(200)
  await client.patch(apiService, { spec: { versionPriority: 20 } }, 'merge')
  await expect
    .poll(async () => JSON.stringify((await client.get(apiService)).json.status))
    .toContain('"all checks passed"')
  expect(await served()).toBe(200)
})
