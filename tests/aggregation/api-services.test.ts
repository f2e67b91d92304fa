import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, httpsClient, type HttpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const collection = '/apis/apiregistration.k8s.io/v1/apiservices'

let controlPlane: TestControlPlane
let client: HttpsClient
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  client.close()
  await controlPlane.stop()
})

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

let groups = 0
/** A group of its own for each test. */
const newGroup = (): string => {
  groups += 1
  return `g${groups}.example.com`
}
const remote = (group: string, spec: object = {}, rest: object = {}) => ({
  metadata: { name: `v1.${group}`, annotations: { 'aggregation.fairlead.dev/url': 'https://127.0.0.1:1' } },
  spec: {
    group,
    version: 'v1',
    groupPriorityMinimum: 1000,
    versionPriority: 15,
    service: { namespace: 'demo', name: 'api' },
    ...spec,
  },
  ...rest,
})
const local = (group: string, spec: object = {}, rest: object = {}) => ({
  metadata: { name: `v1.${group}` },
  spec: { group, version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15, ...spec },
  ...rest,
})
const conditions = ({ json }: Answer): readonly Condition[] =>
  (json.status as unknown as { conditions?: Condition[] }).conditions ?? []
const conditionsOf = async (group: string) => conditions(await client.get(`${collection}/v1.${group}`))

/** Waits for the look at a server that is not there, after which nothing writes the status for some time. */
async function settled(group: string): Promise<void> {
  await expect
    .poll(async () => (await conditionsOf(group)).map(({ reason }) => reason))
    .toEqual(['FailedDiscoveryCheck', 'NoConnection'])
}

describe('what an APIService is', () => {
  test('APS-2: its names, scope and verbs', async () => {
    const { resources } = JSON.parse((await client.get('/apis/apiregistration.k8s.io/v1')).text) as {
      resources: { name: string }[]
    }
    expect(resources).toEqual([
      {
        name: 'apiservices',
        singularName: 'apiservice',
        namespaced: false,
        kind: 'APIService',
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        categories: ['api-extensions'],
        storageVersionHash: expect.any(String),
      },
      {
        name: 'apiservices/status',
        singularName: '',
        namespaced: false,
        kind: 'APIService',
        verbs: ['get', 'patch', 'update'],
      },
    ])
  })

  test('APS-3 APS-4: the port is 443 where there is a Service; priorities have no default', async () => {
    const group = newGroup()
    const { json } = await client.post(collection, remote(group))
    expect(json.spec['service']).toEqual({ namespace: 'demo', name: 'api', port: 443 })
    const without = newGroup()
    const refused = await client.post(
      collection,
      remote(without, { groupPriorityMinimum: undefined, versionPriority: undefined }),
    )
    expect([refused.status, refused.json.message]).toEqual([
      422,
      `APIService.apiregistration.k8s.io "v1.${without}" is invalid: [spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000, spec.versionPriority: Invalid value: 0: must be positive and less than 1000]`,
    ])
  })

  test('APS-5 AVL-1: a status that is sent is dropped; a local one is available from the beginning', async () => {
    const status = { conditions: [{ type: 'Available', status: 'True', reason: 'Mine' }] }
    const group = newGroup()
    const made = await client.post(collection, local(group, {}, { status }))
    expect(conditions(made)).toEqual([
      {
        type: 'Available',
        status: 'True',
        reason: 'Local',
        message: 'Local APIServices are always available',
        lastTransitionTime: expect.stringMatching(/^\d{4}-/),
      },
    ])
    const other = await client.post(collection, remote(newGroup(), {}, { status }))
    expect(other.json.status).toEqual({})
  })

  test('APS-6: an update keeps the status and wants a resourceVersion, and makes nothing', async () => {
    const group = newGroup()
    const path = `${collection}/v1.${group}`
    await client.post(collection, local(group))
    const { json } = await client.get(path)
    const status = { conditions: [] }
    const updated = await client.put(path, { ...json, spec: { ...json.spec, versionPriority: 16 }, status })
    expect([updated.status, updated.json.spec['versionPriority'], conditions(updated)[0]?.reason]).toEqual([
      200,
      16,
      'Local',
    ])
    const unconditional = await client.put(path, local(group))
    expect([unconditional.status, unconditional.json.message]).toEqual([
      422,
      `apiservices.apiregistration.k8s.io "v1.${group}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
    ])
    expect((await client.put(path, json)).status).toBe(409)
    const none = newGroup()
    const missing = await client.put(`${collection}/v1.${none}`, local(none))
    expect([missing.status, missing.json.message]).toEqual([
      404,
      `apiservices.apiregistration.k8s.io "v1.${none}" not found`,
    ])
  })

  test('APS-7 APS-8: an update of the status changes nothing else; conditions of others stay', async () => {
    const group = newGroup()
    const path = `${collection}/v1.${group}`
    await client.post(collection, remote(group))
    await settled(group)
    const { json } = await client.get(path)
    const own: Condition = { type: 'StatusUpdated', status: 'True', reason: 'E2E', message: 'Set from an e2e test' }
    const updated = await client.put(`${path}/status`, {
      ...json,
      metadata: { ...json.metadata, labels: { a: 'b' }, finalizers: ['example.com/mine'] },
      spec: { ...json.spec, versionPriority: 99 },
      status: { conditions: [...conditions(await client.get(path)), own] },
    })
    expect([updated.status, updated.json.spec['versionPriority']]).toEqual([200, 15])
    expect(updated.json.metadata).not.toHaveProperty('labels')
    expect(updated.json.metadata).not.toHaveProperty('finalizers')
    // The controllers look again and keep what is not theirs.
    await client.patch(path, { spec: { versionPriority: 17 } }, 'merge')
    await client.patch(
      path,
      { metadata: { annotations: { 'aggregation.fairlead.dev/url': 'https://127.0.0.1:2' } } },
      'merge',
    )
    await expect
      .poll(async () =>
        (await conditionsOf(group)).map(({ type, message = '' }) => [type, /127\.0\.0\.1:2/.test(message)]),
      )
      .toEqual([
        ['Available', true],
        ['Connected', true],
        ['StatusUpdated', false],
      ])
  })

  test('APS-9: field selectors know the name, and the namespace that is always there', async () => {
    const names = async (selector: string) =>
      (await client.get(`${collection}?fieldSelector=${encodeURIComponent(selector)}`)).json.items.map(
        ({ metadata }) => metadata.name,
      )
    expect(await names('metadata.name=v1.apps')).toEqual(['v1.apps'])
    expect(await names('metadata.name=v1.apps,metadata.namespace=x')).toEqual([])
    const refused = await client.get(`${collection}?fieldSelector=spec.group%3Dapps`)
    expect([refused.status, refused.json.message]).toEqual([400, expect.stringContaining('"spec.group"')])
  })
})

describe('APT-1 APT-2: its table', () => {
  const rows = async () => {
    const { text } = await client.get(collection, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' })
    return JSON.parse(text) as { columnDefinitions: { name: string }[]; rows: { cells: string[] }[] }
  }

  test('has Name, Service, Available and Age, by name', async () => {
    const group = newGroup()
    await client.post(collection, remote(group))
    await settled(group)
    const table = await rows()
    expect(table.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Service', 'Available', 'Age'])
    const cells = new Map(table.rows.map((row) => [row.cells[0], row.cells]))
    expect(cells.get('v1.apps')?.slice(0, 3)).toEqual(['v1.apps', 'Local', 'True'])
    expect(cells.get(`v1.${group}`)?.slice(0, 3)).toEqual([`v1.${group}`, 'demo/api', 'False (FailedDiscoveryCheck)'])
    expect(cells.get('v1.apps')?.[3]).toMatch(/^\d+[smh]$/)
    const names = table.rows.map((row) => row.cells[0] ?? '')
    expect(names).toEqual(names.toSorted())
  })
})

describe('what is refused', () => {
  const service = { namespace: 'demo', name: 'api' }
  const bundle = Buffer.from('x').toString('base64')
  test.each<[string, (group: string) => object, string]>([
    [
      'APV-1: a name that is no path segment',
      (group) => ({ ...remote(group), metadata: { name: 'v1/x' } }),
      'metadata.name: Invalid value: "v1/x": may not contain \'/\'',
    ],
    [
      'APV-2: a name that does not say what it is',
      (group) => ({ ...remote(group), metadata: { name: `v2.${group}` } }),
      'metadata.name: Invalid value: "v2.GROUP": must be `spec.version+"."+spec.group`: "v1.GROUP"',
    ],
    [
      'APV-3: no group, and not v1',
      () => ({ metadata: { name: 'v2.' }, spec: { ...remote('').spec, group: '', version: 'v2' } }),
      'spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
    ],
    [
      'APV-4: a group that is no DNS name',
      () => ({ metadata: { name: 'v1.A' }, spec: { ...remote('A').spec } }),
      'spec.group: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters',
    ],
    [
      'APV-5: a version that is no DNS label',
      (group) => ({ metadata: { name: `1.${group}` }, spec: { ...remote(group).spec, version: '1' } }),
      'spec.version: Invalid value: "1": a DNS-1035 label must consist of lower case alphanumeric characters',
    ],
    [
      'APV-6: a priority of the group that is too high',
      (group) => remote(group, { groupPriorityMinimum: 20_001 }),
      'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
    ],
    [
      'APV-7: a priority of the version that is too high',
      (group) => remote(group, { versionPriority: 1001 }),
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
    ],
    [
      'APV-8: a local one with a bundle',
      (group) => local(group, { caBundle: bundle }),
      'spec.caBundle: Invalid value: "1 bytes": local APIServices may not have a caBundle',
    ],
    [
      'APV-9: a local one that skips TLS',
      (group) => local(group, { insecureSkipTLSVerify: true }),
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
    [
      'APV-10: a Service without namespace',
      (group) => remote(group, { service: { ...service, namespace: '' } }),
      'spec.service.namespace: Required value',
    ],
    [
      'APV-11: a Service without name',
      (group) => remote(group, { service: { ...service, name: '' } }),
      'spec.service.name: Required value',
    ],
    [
      'APV-12: a port that is none',
      (group) => remote(group, { service: { ...service, port: 65_536 } }),
      'spec.service.port: Invalid value: 65536: port is not valid: must be between 1 and 65535, inclusive',
    ],
    [
      'APV-13: a bundle that nobody looks at',
      (group) => remote(group, { caBundle: bundle, insecureSkipTLSVerify: true }),
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ])('%s', async (_title, make, problem) => {
    const group = newGroup()
    const refused = await client.post(collection, make(group))
    expect(refused.status).toBe(422)
    expect(refused.json.message).toContain(problem.replaceAll('GROUP', group))
  })

  test('limits are inclusive', async () => {
    const made = await client.post(
      collection,
      remote(newGroup(), { groupPriorityMinimum: 20_000, versionPriority: 1000 }),
    )
    expect(made.status).toBe(201)
  })

  test('APV-14: a condition whose status is none', async () => {
    const group = newGroup()
    await client.post(collection, local(group))
    const status = { conditions: [{ type: 'Available', status: 'Perhaps' }] }
    const refused = await client.patch(`${collection}/v1.${group}/status`, { status }, 'merge')
    expect([refused.status, refused.json.message]).toEqual([
      422,
      expect.stringContaining(
        'status.conditions[0].status: Unsupported value: "Perhaps": supported values: "True", "False", "Unknown"',
      ),
    ])
  })
})

describe('FL: what its writer is warned of', () => {
  const warning = (answer: Answer): string => String(answer.headers['warning'] ?? '')

  test('a server that anybody can pose as', async () => {
    const insecure = await client.post(collection, remote(newGroup(), { insecureSkipTLSVerify: true }))
    expect([insecure.status, warning(insecure)]).toEqual([
      201,
      '299 - "spec.insecureSkipTLSVerify: whoever is on the way can pose as the server; give a caBundle"',
    ])
    expect(warning(await client.post(collection, remote(newGroup())))).toBe('')
  })

  test('REG-5: a group-version that this server serves itself', async () => {
    await client.delete(`${collection}/v1.apps`)
    const spec = { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 }
    const metadata = { name: 'v1.apps' }
    const shadow = await client.post(collection, {
      metadata,
      spec: { ...spec, service: { namespace: 'x', name: 'apps' } },
    })
    expect([shadow.status, warning(shadow)]).toEqual([
      201,
      '299 - "spec.service: this server serves apps/v1 itself; its objects cannot be reached while requests go to service/apps in \\"x\\""',
    ])
    expect((await client.get('/apis/apps/v1/deployments')).text).toBe('service unavailable\n')
    await client.delete(`${collection}/v1.apps`)
    // REG-2: nobody makes it again before the next start.
    expect((await client.get(`${collection}/v1.apps`)).status).toBe(404)
    expect(warning(await client.post(collection, { metadata, spec }))).toBe('')
    expect((await client.get('/apis/apps/v1/deployments')).status).toBe(200)
  })
})

test('ARC-2 RTE-2: what no APIService stands for any more is a page that does not exist', async () => {
  const group = newGroup()
  await client.post(collection, remote(group))
  await settled(group)
  expect((await client.get(`/apis/${group}`)).status).toBe(200)
  await client.delete(`${collection}/v1.${group}`)
  for (const path of [`/apis/${group}`, `/apis/${group}/v1`, `/apis/${group}/v1/things`]) {
    const answer = await client.get(path)
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
      404,
      '404 page not found\n',
      'text/plain; charset=utf-8',
    ])
  }
})
