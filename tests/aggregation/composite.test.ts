import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import {
  createTestAuthority,
  type ExtensionServer,
  type ServerAnswer,
  type ServerRequest,
  startExtensionServer,
} from './support.ts'

const group = 'external.metrics.k8s.io'
const path = `/apis/${group}/v1beta1`
const collection = '/apis/apiregistration.k8s.io/v1/apiservices'
const apiService = `${collection}/v1beta1.${group}`

/** A metrics adapter: what it has, what it says of the rest, and what it was asked. */
interface Adapter {
  readonly metrics: Record<string, object[]>
  /** How it says that it does not know. */
  otherwise: (answer: ServerAnswer) => void
  readonly asked: { readonly line: string; readonly accept: string; readonly body: string }[]
  server: ExtensionServer
}

let controlPlane: TestControlPlane
let client: HttpsClient
let certificate: Awaited<ReturnType<Awaited<ReturnType<typeof createTestAuthority>>['issue']>>
let keda: Adapter
let datadog: Adapter

const send = (answer: ServerAnswer, status: number, body: object): void => {
  answer.statusCode = status
  answer.setHeader('content-type', 'application/json')
  answer.end(JSON.stringify(body))
}
const list = (items: readonly object[]) => ({ kind: 'ExternalMetricValueList', apiVersion: `${group}/v1beta1`, items })
const notFound = (answer: ServerAnswer): void =>
  send(answer, 404, { kind: 'Status', code: 404, message: 'no such metric' })
const empty = (answer: ServerAnswer): void => send(answer, 200, list([]))

async function startAdapter(metrics: Record<string, object[]>, port = 0): Promise<Adapter> {
  const adapter: Omit<Adapter, 'server'> = { metrics, otherwise: notFound, asked: [] }
  const handle = (request: ServerRequest, answer: ServerAnswer): void => {
    const [target = ''] = (request.url ?? '').split('?')
    if (target === path) {
      const entry = { singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get', 'create'] }
      const resources = Object.keys(metrics).map((name) => ({ ...entry, name }))
      send(answer, 200, { kind: 'APIResourceList', groupVersion: `${group}/v1beta1`, resources })
      return
    }
    if (!target.startsWith(`${path}/`)) {
      notFound(answer)
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      adapter.asked.push({
        line: `${request.method ?? ''} ${request.url?.slice(path.length) ?? ''}`,
        accept: String(request.headers.accept ?? ''),
        body: Buffer.concat(chunks).toString(),
      })
      const found = metrics[target.split('/').at(-1) ?? '']
      if (request.method === 'POST') send(answer, 201, { kind: 'Status', status: 'Success' })
      else if (found === undefined) adapter.otherwise(answer)
      else send(answer, 200, list(found))
    })
  }
  const server = await startExtensionServer({ certificate, handle, port })
  return Object.assign(adapter, { server })
}

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  const authority = await createTestAuthority('adapters')
  certificate = await authority.issue({ commonName: 'adapter', usage: 'server', names: ['127.0.0.1'] })
  keda = await startAdapter({ queue: [{ metricName: 'queue', value: '7' }], shared: [{ value: 'keda' }] })
  datadog = await startAdapter({
    latency: [{ metricName: 'latency', value: '250m' }],
    shared: [{ value: 'datadog' }],
    wide: Array.from({ length: 2000 }, (_, index) => ({ metricName: 'wide', value: String(index) })),
  })
  const url = ({ server }: Adapter): string => `https://127.0.0.1:${server.port}`
  const made = await client.post(collection, {
    metadata: {
      name: `v1beta1.${group}`,
      annotations: {
        'aggregation.fairlead.dev/url': url(keda),
        'aggregation.fairlead.dev/more-backends': url(datadog),
      },
    },
    spec: {
      group,
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { namespace: 'keda', name: 'metrics' },
      caBundle: Buffer.from(authority.certificate).toString('base64'),
    },
  })
  expect(made.status).toBe(201)
})
afterAll(async () => {
  client.close()
  await Promise.all([controlPlane.stop(), keda.server.close(), datadog.server.close()])
})
beforeEach(() => {
  for (const adapter of [keda, datadog]) {
    adapter.otherwise = notFound
    adapter.asked.length = 0
  }
})

interface Condition {
  readonly type: string
  readonly reason: string
  readonly message: string
}
async function conditions(): Promise<Record<string, Condition>> {
  const { conditions: all = [] } = (await client.get(apiService)).json.status as unknown as { conditions?: Condition[] }
  return Object.fromEntries(all.map((condition) => [condition.type, condition]))
}
const available = async () => (await conditions())['Available']?.reason
const get = async (metric: string, headers?: Record<string, string>) => {
  const answer = await client.get(`${path}/namespaces/default/${metric}`, headers)
  return [answer.status, answer.status === 200 ? answer.json.items : answer.text.trim()]
}
const lines = ({ asked }: Adapter): readonly string[] => asked.map(({ line }) => line)

test('MSC-7: discovery is that of both', async () => {
  await expect.poll(available).toBe('Passed')
  const { resources } = JSON.parse((await client.get(path)).text) as { resources: { name: string }[] }
  expect(resources.map(({ name }) => name)).toEqual(['queue', 'shared', 'latency', 'wide'])
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const names = async () => {
    const { items } = JSON.parse((await client.get('/apis', { accept })).text) as {
      items: { metadata: { name: string }; versions: [{ freshness: string; resources?: { resource: string }[] }] }[]
    }
    const version = items.find(({ metadata }) => metadata.name === group)?.versions[0]
    return [version?.freshness, ...(version?.resources ?? []).map(({ resource }) => resource)]
  }
  await expect.poll(names).toEqual(['Current', 'queue', 'shared', 'latency', 'wide'])
})

test('MSC-7: the first that knows a metric answers; 404 and an empty list leave it to the next', async () => {
  expect(await get('queue')).toEqual([200, [{ metricName: 'queue', value: '7' }]])
  expect(await get('shared')).toEqual([200, [{ value: 'keda' }]])
  expect(lines(datadog)).toEqual([])
  expect(await get('latency')).toEqual([200, [{ metricName: 'latency', value: '250m' }]])
  keda.otherwise = empty
  expect(await get('latency')).toEqual([200, [{ metricName: 'latency', value: '250m' }]])
  const [status, items] = await get('wide')
  expect([status, (items as object[]).length]).toEqual([200, 2000])
})

test('MSC-6 MSC-7: nobody knows: an empty list where one says so, otherwise the 404', async () => {
  expect(await get('nonsense')).toEqual([404, expect.stringContaining('no such metric')])
  datadog.otherwise = empty
  expect(await get('nonsense')).toEqual([200, []])
})

test('what a caller may not see settles the matter, and a failure is not taken for nothing', async () => {
  keda.otherwise = (answer) => send(answer, 403, { kind: 'Status', code: 403, message: 'not you' })
  expect(await get('latency')).toEqual([403, expect.stringContaining('not you')])
  keda.otherwise = (answer) => send(answer, 500, { kind: 'Status', code: 500, message: 'database is away' })
  datadog.otherwise = empty
  expect(await get('latency')).toEqual([200, [{ metricName: 'latency', value: '250m' }]])
  expect(await get('nonsense')).toEqual([500, expect.stringContaining('database is away')])
})

test('who takes protobuf and JSON gets JSON, which shows what is empty', async () => {
  keda.otherwise = empty
  await get('latency', { accept: 'application/vnd.kubernetes.protobuf,application/json' })
  expect([keda.asked[0]?.accept, datadog.asked[0]?.accept]).toEqual(['application/json', 'application/json'])
})

test('what writes or lasts goes to the one that has the resource, and to no other', async () => {
  const created = await client.post(`${path}/namespaces/default/latency`, { value: 'x'.repeat(10_000) })
  expect(created.status).toBe(201)
  expect(datadog.asked[0]?.body).toHaveLength(JSON.stringify({ value: 'x'.repeat(10_000) }).length)
  await client.get(`${path}/namespaces/default/latency?watch=true`)
  expect([lines(keda), lines(datadog)]).toEqual([
    [],
    ['POST /namespaces/default/latency', 'GET /namespaces/default/latency?watch=true'],
  ])
})

test('/debug/aggregation names all of them', async () => {
  const report = JSON.parse((await client.get('/debug/aggregation')).text) as { name: string; address?: string }[]
  expect(report.find(({ name }) => name === `v1beta1.${group}`)?.address).toBe(
    [keda, datadog].map(({ server }) => `127.0.0.1:${server.port}`).join(', '),
  )
})

test('the annotation says which other servers there are', async () => {
  const key = 'aggregation.fairlead.dev/more-backends'
  for (const [text, problem] of [
    ['somewhere', '"somewhere" is neither NAMESPACE/NAME:PORT nor a URL'],
    ['a/b:70000', '"a/b:70000" is neither NAMESPACE/NAME:PORT nor a URL'],
    ['https://10.0.0.1', 'only addresses of this host are possible'],
    ['', '"" is neither NAMESPACE/NAME:PORT nor a URL'],
  ]) {
    const refused = await client.patch(apiService, { metadata: { annotations: { [key]: text } } }, 'merge')
    expect([refused.status, refused.json.message]).toEqual([422, expect.stringContaining(`${key}: ${problem ?? ''}`)])
  }
})

test('one of them may be down: the others answer, and discovery keeps what it had', { timeout: 60_000 }, async () => {
  const { port } = keda.server
  await keda.server.close()
  expect(await get('latency')).toEqual([200, [{ metricName: 'latency', value: '250m' }]])
  // Nobody can say that there is no such metric.
  expect(await get('queue')).toEqual([503, expect.stringMatching(/^error trying to reach service: /)])
  const look = (versionPriority: number) => client.patch(apiService, { spec: { versionPriority } }, 'merge')
  await look(101)
  await expect.poll(async () => (await conditions())['DiscoveryFresh']?.message).toMatch(/connection refused$/)
  expect(await available()).toBe('Passed')

  const datadogPort = datadog.server.port
  await datadog.server.close()
  await look(102)
  await expect.poll(available).toBe('FailedDiscoveryCheck')
  expect(await get('latency')).toEqual([503, 'service unavailable'])

  keda = await startAdapter(keda.metrics, port)
  datadog = await startAdapter(datadog.metrics, datadogPort)
  await expect.poll(available, { timeout: 45_000 }).toBe('Passed')
  await expect.poll(async () => Object.keys(await conditions()), { timeout: 45_000 }).toEqual(['Available'])
  expect(await get('queue')).toEqual([200, [{ metricName: 'queue', value: '7' }]])
})
