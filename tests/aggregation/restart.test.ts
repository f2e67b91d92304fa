import { join } from 'node:path'
import { defaultControlPlaneOptions, startControlPlane } from 'fairlead'
import { afterAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { createTestAuthority, type ExtensionServer, startExtensionServer } from './support.ts'

const group = 'things.example.com'
const collection = '/apis/apiregistration.k8s.io/v1/apiservices'
const apiService = `${collection}/v1.${group}`
const closing: (() => Promise<void> | void)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** A control plane whose folder outlives it. */
async function start(folder: { readonly path: string }) {
  const controlPlane = await startControlPlane({ ...defaultControlPlaneOptions, securePort: 0, dataDir: folder.path })
  const client = await httpsClient(join(folder.path, 'kubeconfig'))
  return {
    client,
    async stop() {
      client.close()
      await controlPlane.stop()
    },
  }
}

async function discovered(
  client: HttpsClient,
): Promise<{ freshness: string; resources: readonly string[] } | undefined> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const { items } = JSON.parse((await client.get('/apis', { accept })).text) as {
    items: {
      metadata: { name: string }
      versions: [{ freshness: string; resources?: { resource: string; subresources?: object[] }[] }]
    }[]
  }
  const version = items.find(({ metadata }) => metadata.name === group)?.versions[0]
  return (
    version && { freshness: version.freshness, resources: (version.resources ?? []).map(({ resource }) => resource) }
  )
}

async function conditionOf(client: HttpsClient, wanted: string): Promise<Condition | undefined> {
  const { conditions } = (await client.get(apiService)).json.status as unknown as { conditions: Condition[] }
  return conditions.find(({ type }) => type === wanted)
}

const documented = async (client: HttpsClient, path: string) =>
  (await client.get(path)).text.includes(`/apis/${group}/v1`)

test('3.7: what a server last said survives a restart: its group-version is Stale, not empty', {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder()
  closing.push(() => folder.remove())
  const authority = await createTestAuthority('extension-ca')
  const certificate = await authority.issue({ commonName: 'api', usage: 'server', names: ['127.0.0.1'] })
  let resources = ['things', 'others']
  let requests = 0
  const serve = (port = 0): Promise<ExtensionServer> =>
    startExtensionServer({
      certificate,
      port,
      handle(request, answer) {
        requests += 1
        answer.setHeader('content-type', 'application/json')
        if (request.url === `/apis/${group}/v1`) {
          const entry = { singularName: '', namespaced: true, kind: 'Thing', verbs: ['list'] }
          const body = { kind: 'APIResourceList', resources: resources.map((name) => ({ ...entry, name })) }
          answer.end(JSON.stringify(body))
        } else if (request.url === '/openapi/v2') {
          const get = { produces: ['application/json'], responses: { 200: { description: 'OK' } } }
          answer.end(JSON.stringify({ swagger: '2.0', info: {}, paths: { [`/apis/${group}/v1/things`]: { get } } }))
        } else {
          answer.statusCode = 404
          answer.end('{}')
        }
      },
    })
  let server = await serve()
  closing.push(() => server.close())
  const { port } = server

  const first = await start(folder)
  const registration = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1.${group}`, annotations: { 'aggregation.fairlead.dev/url': `https://127.0.0.1:${port}` } },
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'demo', name: 'api' },
      caBundle: Buffer.from(authority.certificate).toString('base64'),
    },
  }
  await first.client.post(collection, registration)
  await expect.poll(() => discovered(first.client)).toEqual({ freshness: 'Current', resources })
  await expect.poll(() => documented(first.client, '/openapi/v2')).toBe(true)
  expect(await conditionOf(first.client, 'DiscoveryFresh')).toBeUndefined()
  await first.stop()
  await server.close()

  // Nobody has been asked yet by this process, and nobody answers.
  const second = await start(folder)
  expect(await discovered(second.client)).toEqual({ freshness: 'Stale', resources })
  expect(await documented(second.client, '/openapi/v2')).toBe(true)
  expect(await documented(second.client, '/openapi/v3')).toBe(true)
  await expect
    .poll(() => conditionOf(second.client, 'DiscoveryFresh'))
    .toMatchObject({
      status: 'False',
      reason: 'LastKnownResources',
      message: expect.stringMatching(
        /^discovery lists the resources that the server named at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: .*connection refused$/,
      ),
    })

  // The server is back, and says that one of its resources is gone: that is believed.
  resources = ['things']
  requests = 0
  server = await serve(port)
  await expect.poll(() => discovered(second.client), { timeout: 60_000 }).toEqual({ freshness: 'Current', resources })
  await expect.poll(() => conditionOf(second.client, 'DiscoveryFresh')).toBeUndefined()
  expect(requests).toBeGreaterThan(0)
  await second.stop()
  await server.close()

  const third = await start(folder)
  expect(await discovered(third.client)).toEqual({ freshness: 'Stale', resources: ['things'] })
  await third.client.delete(apiService)
  expect(await discovered(third.client)).toBeUndefined()
  await third.stop()

  // What was kept of it is gone as well: the next one of this name starts with nothing.
  const fourth = await start(folder)
  expect(await documented(fourth.client, '/openapi/v2')).toBe(false)
  await fourth.client.post(collection, registration)
  await expect.poll(() => conditionOf(fourth.client, 'Available')).toMatchObject({ reason: 'FailedDiscoveryCheck' })
  expect(await discovered(fourth.client)).toEqual({ freshness: 'Stale', resources: [] })
  await fourth.stop()
})
