import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { definition, definitionNames } from '@fairlead/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

interface SubresourceRow {
  readonly name: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
}

interface ResourceRow {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly SubresourceRow[]
  readonly servedByDefault: boolean
}

interface FieldMarkers {
  readonly listType?: string
  readonly listMapKeys?: readonly string[]
  readonly mapType?: string
  readonly patchStrategy?: string
  readonly patchMergeKey?: string
}

const table = <Table>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../packages/api/data/${name}.json`, import.meta.url), 'utf8')) as Table

const { meta, resources } = table<{
  meta: { groupOrder: readonly string[]; storageGV: Readonly<Record<string, string>> }
  resources: readonly ResourceRow[]
}>('builtin-resources')
const markers = table<{
  atomicTypes: readonly string[]
  fields: Readonly<Record<string, Readonly<Record<string, FieldMarkers>>>>
}>('list-markers')

/**
 * Groups in the order of their priorities (upstream: group priority minimum), which `/apis` follows; the table has the
 * order in which they are installed, where resource.k8s.io stands behind groups of lower priority.
 */
const groupOrder = meta.groupOrder
  .filter((group) => group !== 'resource.k8s.io')
  .flatMap((group) => (group === 'discovery.k8s.io' ? [group, 'resource.k8s.io'] : [group]))

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const groupVersionOf = ({ group, version }: { group: string; version: string }) =>
  group === '' ? version : `${group}/${version}`
const groupVersionPath = ({ group, version }: { group: string; version: string }) =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`
const nonEmpty = <Name extends string>(name: Name, list: readonly string[]) => (list.length > 0 ? { [name]: list } : {})

/** Of the version in which objects are stored; resources that store nothing have none. */
function storageVersionHash({ group, version, kind, plural, verbs }: ResourceRow): string | undefined {
  if (plural === 'componentstatuses' || !verbs.includes('get')) return undefined
  const stored = meta.storageGV[`${group}/${kind}`] ?? groupVersionOf({ group, version })
  const name = `${stored.includes('/') ? stored : `/${stored}`}/${kind}`
  return createHash('sha256').update(name).digest().subarray(0, 8).toString('base64')
}

function legacyResources(rows: readonly ResourceRow[]) {
  return rows
    .flatMap((row) => {
      const hash = storageVersionHash(row)
      return [
        {
          name: row.plural,
          singularName: row.singular,
          namespaced: row.namespaced,
          kind: row.kind,
          verbs: row.verbs,
          ...nonEmpty('shortNames', row.shortNames),
          ...nonEmpty('categories', row.categories),
          ...(hash === undefined ? {} : { storageVersionHash: hash }),
        },
        ...row.subresources.map((subresource) => ({
          name: `${row.plural}/${subresource.name}`,
          singularName: '',
          namespaced: row.namespaced,
          ...(groupVersionOf(subresource) === groupVersionOf(row)
            ? {}
            : { group: subresource.group, version: subresource.version }),
          kind: subresource.kind,
          verbs: subresource.verbs,
        })),
      ]
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function aggregatedResources(rows: readonly ResourceRow[]) {
  const responseKind = (
    row: ResourceRow,
    { group, version, kind }: { group: string; version: string; kind: string },
  ) =>
    groupVersionOf({ group, version }) === groupVersionOf(row)
      ? { group: '', version: '', kind }
      : { group, version, kind }
  return rows
    .toSorted((a, b) => (a.plural < b.plural ? -1 : 1))
    .map((row) => ({
      resource: row.plural,
      responseKind: responseKind(row, row),
      scope: row.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: row.singular,
      verbs: row.verbs,
      ...nonEmpty('shortNames', row.shortNames),
      ...nonEmpty('categories', row.categories),
      ...(row.subresources.length === 0
        ? {}
        : {
            subresources: row.subresources.map((subresource) => ({
              subresource: subresource.name,
              responseKind: responseKind(row, subresource),
              verbs: subresource.verbs,
            })),
          }),
    }))
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

interface Schema {
  readonly type?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
}

interface Operation {
  readonly operationId: string
  readonly 'x-kubernetes-action'?: string
  readonly 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }
  readonly parameters?: Parameters
}

type Parameters = readonly { readonly name: string }[]

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

interface OpenApiDocument {
  readonly paths: Paths
  readonly schemas: Readonly<Record<string, Schema>>
  /** Names of the parameters of an operation and of those that its path shares. */
  parameterNames(path: string, operation: Operation): readonly string[]
}

/** What all operations of a path take stands at the path itself. */
function parameterNamesIn(paths: Paths): OpenApiDocument['parameterNames'] {
  return (path, { parameters = [] }) => {
    const shared = (paths[path]?.['parameters'] ?? []) as unknown as Parameters
    return [...shared, ...parameters].map(({ name }) => name)
  }
}

function markersOf(schema: Schema): FieldMarkers {
  const read = (name: string) => (schema as Readonly<Record<string, string>>)[`x-kubernetes-${name}`]
  const found = {
    listType: read('list-type'),
    listMapKeys: read('list-map-keys'),
    mapType: read('map-type'),
    patchStrategy: read('patch-strategy'),
    patchMergeKey: read('patch-merge-key'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** What the operations of a resource must say: path, method, action and, where it writes, the parameters of a write. */
function expectedOperations(row: ResourceRow): readonly (readonly [path: string, method: string, action: string])[] {
  const root = `/${groupVersionPath(row)}`
  const collection = row.namespaced ? `${root}/namespaces/{namespace}/${row.plural}` : `${root}/${row.plural}`
  const watched = collection.replace(root, `${root}/watch`)
  const byVerb: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
    create: [[collection, 'post', 'post']],
    list: [[collection, 'get', 'list'], ...(row.namespaced ? [[`${root}/${row.plural}`, 'get', 'list'] as const] : [])],
    deletecollection: [[collection, 'delete', 'deletecollection']],
    get: [[`${collection}/{name}`, 'get', 'get']],
    update: [[`${collection}/{name}`, 'put', 'put']],
    patch: [[`${collection}/{name}`, 'patch', 'patch']],
    delete: [[`${collection}/{name}`, 'delete', 'delete']],
    watch: [
      [watched, 'get', 'watchlist'],
      [`${watched}/{name}`, 'get', 'watch'],
    ],
  }
  return row.verbs.flatMap((verb) => byVerb[verb] ?? [])
}

const served = [
  { title: 'by default', runtimeConfig: [], rows: resources.filter(({ servedByDefault }) => servedByDefault) },
  {
    title: 'with every version on',
    // apiregistration.k8s.io/v1beta1 is there for manifests of old; the release that the tables are of has it no more.
    runtimeConfig: ['api/all=true', 'apiregistration.k8s.io/v1beta1=false'],
    rows: resources,
  },
]

describe.each(served)('$title', ({ runtimeConfig, rows }) => {
  let controlPlane: TestControlPlane
  let client: HttpsClient
  const get = async <Body>(path: string, accept = 'application/json') => {
    const answer = await client.get(path, { accept })
    expect(answer.status, path).toBe(200)
    return answer.json as unknown as Body
  }
  const byGroupVersion = groupBy(rows, groupVersionPath)
  const groups = [...new Set(rows.map(({ group }) => group))]

  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ runtimeConfig })
    client = await httpsClient(controlPlane.kubeconfig)
  })
  afterAll(async () => {
    client.close()
    await controlPlane.stop()
  })

  test('/api and /apis list the groups in their order, preferred versions first', async () => {
    expect(await get('/api')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `127.0.0.1:${controlPlane.port}` }],
    })
    interface Group {
      readonly name: string
      readonly versions: readonly { readonly groupVersion: string; readonly version: string }[]
      readonly preferredVersion: { readonly groupVersion: string; readonly version: string }
    }
    const list = await get<{ kind: string; apiVersion: string; groups: readonly Group[] }>('/apis')
    expect(list).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' })
    const expected = groupOrder.filter((group) => group !== '' && groups.includes(group))
    expect(list.groups.map(({ name }) => name)).toEqual(expected)
    for (const group of list.groups) {
      const versions = new Set(rows.filter((row) => row.group === group.name).map(({ version }) => version))
      expect(new Set(group.versions.map(({ version }) => version)), group.name).toEqual(versions)
      expect(group.preferredVersion).toEqual(group.versions[0])
      expect(await get(`/apis/${group.name}`)).toEqual({ kind: 'APIGroup', apiVersion: 'v1', ...group })
    }
  })

  test.each([...byGroupVersion])('/%s lists the resources of the table', async (path, groupRows) => {
    const [{ group, version }] = groupRows as [ResourceRow, ...ResourceRow[]]
    expect(await get(`/${path}`)).toEqual({
      kind: 'APIResourceList',
      ...(group === '' ? {} : { apiVersion: 'v1' }),
      groupVersion: groupVersionOf({ group, version }),
      resources: legacyResources(groupRows),
    })
  })

  test('aggregated discovery says the same', async () => {
    interface Discovered {
      readonly metadata: { readonly name?: string }
      readonly versions: readonly { version: string; freshness: string; resources: readonly object[] }[]
    }
    const items = await Promise.all(
      ['/api', '/apis'].map((path) => get<{ items: readonly Discovered[] }>(path, aggregated)),
    ).then((lists) => lists.flatMap((list) => list.items))
    const found = new Map(
      items.flatMap(({ metadata, versions }) =>
        versions.map(({ version, freshness, resources: list }) => [
          groupVersionPath({ group: metadata.name ?? '', version }),
          { freshness, list },
        ]),
      ),
    )
    expect([...found.keys()].toSorted()).toEqual([...byGroupVersion.keys()].toSorted())
    for (const [path, groupRows] of byGroupVersion) {
      expect(found.get(path), path).toEqual({ freshness: 'Current', list: aggregatedResources(groupRows) })
    }
    expect(items.map(({ metadata }) => metadata.name ?? '')).toEqual(
      groupOrder.filter((group) => groups.includes(group)),
    )
  })

  const v2 = async (): Promise<OpenApiDocument> => {
    const document = await get<{ paths: Paths; definitions: OpenApiDocument['schemas'] }>('/openapi/v2')
    return { paths: document.paths, schemas: document.definitions, parameterNames: parameterNamesIn(document.paths) }
  }
  const v3 = async (): Promise<OpenApiDocument> => {
    const paths: Record<string, Readonly<Record<string, Operation>>> = {}
    const schemas: Record<string, Schema> = {}
    for (const path of byGroupVersion.keys()) {
      const document = await get<{ paths: Paths; components: { schemas: OpenApiDocument['schemas'] } }>(
        `/openapi/v3/${path}`,
      )
      Object.assign(paths, document.paths)
      Object.assign(schemas, document.components.schemas)
    }
    return { paths, schemas, parameterNames: parameterNamesIn(paths) }
  }

  describe.each([
    ['v2', v2],
    ['v3', v3],
  ])('OpenAPI %s', (_, load) => {
    let document: OpenApiDocument
    beforeAll(async () => {
      document = await load()
    })

    test('every resource has its operations, marked with action and kind, and writes take fieldValidation', () => {
      for (const row of rows) {
        const { group, version, kind } = row
        for (const [path, method, action] of expectedOperations(row)) {
          const operation = document.paths[path]?.[method]
          expect(operation, `${method} ${path}`).toMatchObject({
            'x-kubernetes-action': action,
            'x-kubernetes-group-version-kind': { group, version, kind },
          })
          if (operation && ['post', 'put', 'patch'].includes(action)) {
            expect(document.parameterNames(path, operation), `${method} ${path}`).toEqual(
              expect.arrayContaining(['dryRun', 'fieldManager', 'fieldValidation']),
            )
          }
        }
      }
    })

    test('subresources have theirs', () => {
      const methods: Readonly<Record<string, string>> = {
        get: 'get',
        create: 'post',
        update: 'put',
        patch: 'patch',
        delete: 'delete',
      }
      for (const row of rows) {
        for (const { name, group, version, kind, verbs } of row.subresources) {
          const scope = row.namespaced ? '/namespaces/{namespace}' : ''
          const path = `/${groupVersionPath(row)}${scope}/${row.plural}/{name}/${name}`
          for (const verb of verbs) {
            const operation = document.paths[path]?.[methods[verb] ?? '']
            expect(operation, `${verb} ${path}`).toMatchObject({
              'x-kubernetes-group-version-kind': { group, version, kind },
            })
          }
        }
      }
    })

    test('operation ids are unique', () => {
      const ids = Object.values(document.paths).flatMap((path) =>
        Object.values(path).flatMap(({ operationId }) => operationId ?? []),
      )
      expect(ids.length).toBeGreaterThan(rows.length * 3)
      expect(new Set(ids).size).toBe(ids.length)
    })

    test('every kind and its list can be found by group, version and kind', () => {
      const found = new Set(
        Object.values(document.schemas).flatMap((schema) =>
          (schema['x-kubernetes-group-version-kind'] ?? []).map(
            ({ group, version, kind }) => `${group}/${version}/${kind}`,
          ),
        ),
      )
      for (const { group, version, kind, verbs } of rows) {
        expect(found).toContain(`${group}/${version}/${kind}`)
        if (verbs.includes('list')) expect(found).toContain(`${group}/${version}/${kind}List`)
      }
    })

    test('merge keys, patch strategies, list and map types are those of the table, and no others', () => {
      const wrong: object[] = []
      for (const [name, schema] of Object.entries(document.schemas)) {
        const fields = new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(markers.fields[name] ?? {})])
        for (const field of fields) {
          const expected = markers.fields[name]?.[field] ?? {}
          const found = markersOf(schema.properties?.[field] ?? {})
          if (JSON.stringify(sorted(found)) !== JSON.stringify(sorted(expected))) {
            wrong.push({ name, field, found, expected })
          }
        }
        if ((schema['x-kubernetes-map-type'] === 'atomic') !== markers.atomicTypes.includes(name)) {
          wrong.push({ name, found: schema['x-kubernetes-map-type'] })
        }
      }
      expect(wrong).toEqual([])
      expect(document.schemas['io.k8s.api.core.v1.ServiceSpec']?.properties?.['ports']).toMatchObject({
        'x-kubernetes-list-map-keys': ['port', 'protocol'],
        'x-kubernetes-patch-merge-key': 'port',
        'x-kubernetes-patch-strategy': 'merge',
      })
    })

    test('required fields are those of the definitions, in their order', () => {
      const wrong: object[] = []
      for (const [name, schema] of Object.entries(document.schemas)) {
        const expected = definition(name)
          .fields.filter(({ required }) => required)
          .map((field) => field.name)
        if (JSON.stringify(schema.required ?? []) !== JSON.stringify(expected)) {
          wrong.push({ name, found: schema.required, expected })
        }
      }
      expect(wrong).toEqual([])
      const required = (name: string) => document.schemas[`io.k8s.api.${name}`]?.required
      expect(required('apps.v1.DeploymentSpec')).toEqual(['selector', 'template'])
      expect(required('core.v1.PodSpec')).toEqual(['containers'])
      expect(required('core.v1.Container')).toEqual(['name'])
      expect(required('core.v1.ContainerPort')).toEqual(['containerPort'])
      expect(required('core.v1.ConfigMap')).toBeUndefined()
      expect(required('rbac.v1.RoleBinding')).toEqual(['roleRef'])
    })

    test('the values of an enum stand at what has them: a field, the elements of a list, the values of a map', () => {
      const property = (name: string, field: string) =>
        document.schemas[`io.k8s.api.core.v1.${name}`]?.properties?.[field]
      const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
      expect(property('Container', 'imagePullPolicy')).toMatchObject({ enum: ['Always', 'IfNotPresent', 'Never'] })
      const list = property('PersistentVolumeClaimSpec', 'accessModes')
      expect(list).toMatchObject({ type: 'array', items: { type: 'string', enum: accessModes } })
      expect(list).not.toHaveProperty('enum')
      const map = property('PersistentVolumeClaimStatus', 'allocatedResourceStatuses')
      expect(map).toMatchObject({ additionalProperties: { enum: expect.arrayContaining(['NodeResizePending']) } })
      expect(map).not.toHaveProperty('enum')
    })

    test('answers of DELETE: a Status, but the object for kinds that give it back', () => {
      const answered = (path: string) => JSON.stringify(document.paths[path]?.['delete'])
      expect(answered('/api/v1/namespaces/{name}')).toContain('meta.v1.Status"')
      expect(answered('/api/v1/namespaces/{name}')).not.toContain('core.v1.Namespace"')
      expect(answered('/api/v1/namespaces/{namespace}/configmaps/{name}')).toContain('meta.v1.Status"')
      expect(answered('/api/v1/namespaces/{namespace}/pods/{name}')).toContain('core.v1.Pod"')
    })

    test('every list can be a stream', () => {
      expect(JSON.stringify(document.paths['/api/v1/componentstatuses']?.['get'])).toContain('json;stream=watch')
    })

    test('every reference leads to a schema', () => {
      const references = JSON.stringify([document.schemas, document.paths]).matchAll(
        /"#\/(?:definitions|components\/schemas)\/([^"]+)"/g,
      )
      const missing = [...new Set([...references].map(([, name = '']) => name))].filter(
        (name) => !(name in document.schemas),
      )
      expect(missing).toEqual([])
    })
  })

  test('definitions that were generated are published', async () => {
    const { schemas } = await v2()
    const known = new Set(definitionNames())
    expect(Object.keys(schemas).filter((name) => !known.has(name))).toEqual([])
    if (runtimeConfig.length > 0) {
      const missing = Object.keys(markers.fields).filter((name) => !(name in schemas))
      // Bodies of webhooks' own calls are no resource's.
      expect(missing.filter((name) => !name.includes('.admission.v1'))).toEqual([])
    }
  })
})

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

describe('documents that clients keep', () => {
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

  test.each([
    ['/api', aggregated],
    ['/apis', aggregated],
    ['/openapi/v2', 'application/json'],
    ['/openapi/v3', 'application/json'],
    ['/openapi/v3/apis/apps/v1', 'application/json'],
  ])('%s has an ETag and is not sent again to who has it', async (path, accept) => {
    const first = await client.get(path, { accept })
    const etag = first.headers.etag ?? ''
    expect(etag).toMatch(/^"[0-9A-F]{128}"$/)
    expect(first.headers.vary).toContain('Accept')
    const again = await client.get(path, { accept, 'if-none-match': etag })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect(again.headers.etag).toBe(etag)
    const other = await client.get(path, { accept, 'if-none-match': `"${'0'.repeat(128)}"` })
    expect(other.status).toBe(200)
    expect(other.bytes.equals(first.bytes)).toBe(true)
  })

  test('aggregated discovery names its type, and only when it was asked for exactly', async () => {
    const exact = await client.get('/apis', { accept: `${aggregated},application/json` })
    expect(exact.headers['content-type']).toBe(aggregated)
    expect(exact.headers['cache-control']).toBe('public')
    const old = await client.get('/apis', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json',
    })
    expect(old.headers['content-type']).toBe('application/json')
    expect(old.json.kind).toBe('APIGroupList')
  })

  test('every URL of /openapi/v3 with its hash is immutable; a stale hash leads to the current one', async () => {
    const { paths } = (await client.get('/openapi/v3')).json as unknown as {
      paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>
    }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api', 'api/v1', 'apis', 'apis/apps/v1', 'version']))
    for (const [name, { serverRelativeURL }] of Object.entries(paths)) {
      const url = new URL(serverRelativeURL, controlPlane.url)
      const hash = url.searchParams.get('hash') ?? ''
      expect(url.pathname).toBe(`/openapi/v3/${name}`)
      const answer = await client.get(serverRelativeURL)
      expect(answer.status, serverRelativeURL).toBe(200)
      expect(answer.headers['cache-control']).toBe('public, immutable')
      expect(answer.headers.etag).toBe(`"${hash}"`)
      expect(Date.parse(answer.headers.expires ?? '')).toBeGreaterThan(Date.now() + 364 * 24 * 3600 * 1000)
      expect(answer.json).toMatchObject({ openapi: '3.0.0', info: { title: 'Kubernetes' } })
    }
    const current = paths['apis/apps/v1']?.serverRelativeURL ?? ''
    const stale = await client.get('/openapi/v3/apis/apps/v1?hash=0123')
    expect(stale).toMatchObject({ status: 301, headers: { location: current } })
  })

  test('unknown group versions have no document', async () => {
    expect(await client.get('/openapi/v3/apis/no.such.group/v1')).toMatchObject({ status: 404, text: '' })
  })

  test('/openapi/v2 is there as protobuf for old clients, and compressed for who asks', async () => {
    const protobuf = await client.get('/openapi/v2', {
      accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    })
    expect(protobuf.headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    expect(protobuf.bytes.subarray(0, 5).toString('hex')).toBe('0a03322e30')
    const compressed = await client.get('/openapi/v2', { 'accept-encoding': 'gzip' })
    expect(compressed.headers['content-encoding']).toBe('gzip')
    expect(compressed.bytes.subarray(0, 2).toString('hex')).toBe('1f8b')
    expect(await client.get('/openapi/v2', { accept: 'text/html' })).toMatchObject({ status: 406, text: '' })
  })
})
