import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import {
  createTestAuthority,
  type ExtensionServer,
  type ServerAnswer,
  type ServerRequest,
  startExtensionServer,
} from './support.ts'

const collection = '/apis/apiregistration.k8s.io/v1/apiservices'
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

let controlPlane: TestControlPlane
let client: HttpsClient
let authority: Awaited<ReturnType<typeof createTestAuthority>>
let certificate: Awaited<ReturnType<typeof authority.issue>>
const servers: ExtensionServer[] = []
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  authority = await createTestAuthority('extension-ca')
  certificate = await authority.issue({ commonName: 'api', usage: 'server', names: ['127.0.0.1'] })
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})
afterAll(async () => {
  client.close()
  await controlPlane.stop()
})

type Respond = (answer: ServerAnswer, request: ServerRequest) => void
const json =
  (status: number, body: object, type = 'application/json'): Respond =>
  (answer) => {
    answer.statusCode = status
    answer.setHeader('content-type', type)
    answer.end(JSON.stringify(body))
  }
const text =
  (status: number, body: string): Respond =>
  (answer) => {
    answer.statusCode = status
    answer.setHeader('content-type', 'text/html')
    answer.end(body)
  }

let groups = 0
/** Registers a server that answers `/apis` and `/apis/GROUP/v1` as told, and waits for its `Available` to be so. */
async function register(
  roots: (group: string) => Respond,
  options: {
    readonly legacy?: (group: string) => Respond
    readonly priority?: number
    readonly available?: string
  } = {},
): Promise<string> {
  groups += 1
  const group = `d${groups}.example.com`
  const { legacy = legacyList, priority = 1000, available = 'Passed' } = options
  const server = await startExtensionServer({
    certificate,
    handle(request, answer) {
      if (request.url === '/apis') roots(group)(answer, request)
      else if (request.url === `/apis/${group}/v1`) legacy(group)(answer, request)
      else json(404, {})(answer, request)
    },
  })
  servers.push(server)
  const made = await client.post(collection, {
    metadata: {
      name: `v1.${group}`,
      annotations: { 'aggregation.fairlead.dev/url': `https://127.0.0.1:${server.port}` },
    },
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: priority,
      versionPriority: 15,
      service: { namespace: 'demo', name: 'api' },
      caBundle: Buffer.from(authority.certificate).toString('base64'),
    },
  })
  expect(made.status).toBe(201)
  await expect
    .poll(async () => JSON.stringify((await client.get(`${collection}/v1.${group}`)).json.status))
    .toContain(`"${available}"`)
  return group
}

const legacyList = (group: string): Respond =>
  json(200, {
    kind: 'APIResourceList',
    groupVersion: `${group}/v1`,
    resources: [
      { name: 'olds', singularName: 'old', namespaced: true, kind: 'Old', verbs: ['get', 'list'], shortNames: ['o'] },
      { name: 'olds/scale', namespaced: true, kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get'] },
      { name: 'orphans/run', namespaced: false, kind: 'Run', verbs: ['create'] },
    ],
  })
const document = (group: string, versions: object[]) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [{ metadata: { name: group }, versions }],
})

interface Version {
  readonly version: string
  readonly freshness: string
  readonly resources?: Record<string, unknown>[]
}
const listed = async (group: string): Promise<Version | undefined> => {
  const { items } = JSON.parse((await client.get('/apis', { accept: aggregated })).text) as {
    items: { metadata: { name: string }; versions: Version[] }[]
  }
  return items.find(({ metadata }) => metadata.name === group)?.versions[0]
}

const converted = [
  {
    resource: 'olds',
    responseKind: { group: 'GROUP', version: 'v1', kind: 'Old' },
    scope: 'Namespaced',
    singularResource: 'old',
    verbs: ['get', 'list'],
    shortNames: ['o'],
    subresources: [
      { subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: ['get'] },
    ],
  },
  {
    resource: 'orphans',
    responseKind: { group: '', version: '', kind: '' },
    scope: 'Cluster',
    singularResource: '',
    verbs: [],
    subresources: [
      { subresource: 'run', responseKind: { group: 'GROUP', version: 'v1', kind: 'Run' }, verbs: ['create'] },
    ],
  },
]

describe('DM-2 DM-3 DM-4: what is made of what a server answers', () => {
  test.each<[string, (group: string) => Respond]>([
    ['404', () => text(404, '404 page not found')],
    ['403', () => json(403, { kind: 'Status', code: 403 })],
    ['406', () => json(406, { kind: 'Status', code: 406 })],
    ['the plain list', () => json(200, { kind: 'APIGroupList', groups: [] })],
    ['a page', () => text(200, '<html>welcome</html>')],
    [
      'an older version of the document',
      (group) =>
        json(200, document(group, []), 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'),
    ],
  ])('DM-6: %s at /apis: the group-version is asked for by itself', async (_title, respond) => {
    const group = await register(respond)
    const resources = JSON.parse(JSON.stringify(converted).replaceAll('GROUP', group)) as unknown
    await expect.poll(() => listed(group)).toEqual({ version: 'v1', freshness: 'Current', resources })
  })

  test('AGD-4: the document counts; kinds that it leaves out are filled in', async () => {
    const group = await register((name) =>
      json(
        200,
        document(name, [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [
              {
                resource: 'news',
                scope: 'Cluster',
                verbs: ['get'],
                subresources: [{ subresource: 'exec', verbs: ['create'] }],
              },
            ],
          },
        ]),
        aggregated,
      ),
    )
    const none = { group: '', version: '', kind: '' }
    await expect
      .poll(() => listed(group))
      .toEqual({
        version: 'v1',
        freshness: 'Current',
        resources: [
          {
            resource: 'news',
            scope: 'Cluster',
            verbs: ['get'],
            responseKind: none,
            subresources: [{ subresource: 'exec', verbs: ['create'], responseKind: none }],
          },
        ],
      })
  })

  test('a group-version that the document does not have is there without resources', async () => {
    const group = await register(() => json(200, document('other.example.com', []), aggregated))
    await expect.poll(() => listed(group)).toEqual({ version: 'v1', freshness: 'Current' })
  })

  test.each<[string, (group: string) => Respond, (group: string) => Respond, string]>([
    ['503', () => text(503, 'busy'), legacyList, 'Passed'],
    [
      'a document that is no JSON',
      () => (answer) => {
        answer.setHeader('content-type', aggregated)
        answer.end('{')
      },
      legacyList,
      'Passed',
    ],
    ['404, and then 500', () => text(404, ''), () => text(500, 'no'), 'FailedDiscoveryCheck'],
  ])('%s: Stale, and never gone', async (_title, respond, legacy, available) => {
    const group = await register(respond, { legacy, available })
    await expect.poll(() => listed(group)).toEqual({ version: 'v1', freshness: 'Stale' })
    expect((await client.get('/apis')).text).toContain(group)
  })

  test('who is asked for it, and with which name of the last one', async () => {
    const seen: Record<string, unknown>[] = []
    const group = await register((name) => (answer, request) => {
      seen.push(request.headers)
      answer.setHeader('etag', '"one"')
      if (request.headers['if-none-match'] === '"one"') {
        answer.statusCode = 304
        answer.end()
      } else
        json(
          200,
          document(name, [{ version: 'v1', resources: [{ resource: 'kept', verbs: [] }] }]),
          aggregated,
        )(answer, request)
    })
    await expect.poll(async () => (await listed(group))?.resources?.[0]?.['resource']).toBe('kept')
    await client.patch(`${collection}/v1.${group}`, { spec: { versionPriority: 16 } }, 'merge')
    await expect.poll(() => seen.some((headers) => headers['if-none-match'] === '"one"')).toBe(true)
    await expect.poll(async () => (await listed(group))?.freshness).toBe('Current')
    expect((await listed(group))?.resources?.[0]?.['resource']).toBe('kept')
    expect(seen[0]).toMatchObject({ 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': 'system:masters' })
    expect(String(seen[0]?.['accept'])).toMatch(
      /^application\/json;g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList,/,
    )
  })
})

test('AVL-14: what a server says does not matter for its condition, as long as it answers', async () => {
  const group = await register(() => text(404, ''), { legacy: () => text(200, '<html>welcome</html>') })
  await expect.poll(() => listed(group)).toEqual({ version: 'v1', freshness: 'Stale' })
})

describe('DSC-1 DSC-2 ORD-1: groups', () => {
  test('stand by the priority of their APIServices, before and behind those of this server', async () => {
    const [low, high] = [await register(legacyList, { priority: 1 }), await register(legacyList, { priority: 20_000 })]
    const { groups: names } = JSON.parse((await client.get('/apis')).text) as { groups: { name: string }[] }
    const order = names.map(({ name }) => name)
    expect(order.slice(0, 3)).toEqual(['apiregistration.k8s.io', high, 'apps'])
    expect(order.at(-1)).toBe(low)
    const { items } = JSON.parse((await client.get('/apis', { accept: aggregated })).text) as {
      items: { metadata: { name: string } }[]
    }
    const ordered = items.map(({ metadata }) => metadata.name)
    expect([ordered[0], ordered[1], ordered.at(-1)]).toEqual(['apiregistration.k8s.io', high, low])
  })

  test('DSC-2 DSC-6: are answered here, also while their server is away', async () => {
    const group = await register(legacyList)
    const about = {
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: group,
      versions: [{ groupVersion: `${group}/v1`, version: 'v1' }],
      preferredVersion: { groupVersion: `${group}/v1`, version: 'v1' },
    }
    for (const path of [`/apis/${group}`, `/apis/${group}/`]) expect((await client.get(path)).json).toEqual(about)
    await servers.at(-1)?.close()
    expect((await client.get(`/apis/${group}`)).json).toEqual(about)
    const none = await client.get('/apis/nobody.example.com')
    expect([none.status, none.text]).toEqual([404, '404 page not found\n'])
  })

  test('DSC-3: a group-version is its server’s own answer', async () => {
    const group = await register(legacyList)
    const { json: list } = await client.get(`/apis/${group}/v1`)
    expect(list).toMatchObject({ kind: 'APIResourceList', resources: [{ name: 'olds' }, {}, {}] })
  })

  test('DM-7: go with their last APIService', async () => {
    const group = await register(legacyList)
    await expect.poll(async () => (await listed(group))?.freshness).toBe('Current')
    await client.delete(`${collection}/v1.${group}`)
    expect(await listed(group)).toBeUndefined()
    expect((await client.get('/apis')).text).not.toContain(group)
  })
})

test('AGD-8: the view of one server alone is the same here, and an unknown profile counts as none', async () => {
  const plain = await client.get('/apis', { accept: aggregated })
  for (const profile of ['nopeer', 'whatever']) {
    const answer = await client.get('/apis', { accept: `${aggregated};profile=${profile}` })
    expect([answer.status, answer.json.kind, answer.headers.etag]).toEqual([
      200,
      'APIGroupDiscoveryList',
      plain.headers.etag,
    ])
  }
})
