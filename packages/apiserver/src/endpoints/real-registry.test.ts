import { builtinKind, builtinResources } from '@fairlead/api'
import { type JsonObject, StatusError, systemClock } from '@fairlead/apimachinery'
import { createMemoryStorage } from '@fairlead/storage'
import { afterAll, describe, expect, test } from 'vitest'
import { createErrorRenderer } from '../negotiation/render-error.ts'
import { createRegistry } from '../registry/registry.ts'
import { parseRequestInfo } from '../request/parse-request-info.ts'
import { createWarningRecorder } from '../request/warning-headers.ts'
import { createInProcessTransport } from '../serving/in-process.ts'
import { composeHandlers } from './compose-handlers.ts'
import { createResourceHandler } from './resource-router.ts'

const storage = createMemoryStorage()
const registry = createRegistry({ storage, descriptions: builtinResources(), clock: systemClock })
const render = createErrorRenderer(builtinKind)
const handler = composeHandlers([
  createResourceHandler({
    find: registry.find,
    groupVersions: () => registry.served(),
    findKind: builtinKind,
    admission: { mutate: async () => {}, validate: async () => {} },
    authorizer: () => ({ decision: 'allow' }),
    clock: systemClock,
  }),
])
const call = createInProcessTransport(async (request) => {
  const context = {
    request,
    info: parseRequestInfo(request),
    auditId: 'audit',
    receivedAt: systemClock.now(),
    warnings: createWarningRecorder(),
    user: { name: 'tester', groups: [] },
    signal: request.signal,
  }
  try {
    return await handler(context)
  } catch (error) {
    if (!StatusError.is(error)) throw error
    return render(error, context)
  }
})

afterAll(async () => {
  registry.close()
  await storage.close()
})

type Answer = { status: number; body: JsonObject & { metadata: JsonObject; message?: string } }
async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const given = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await call({ method, path, headers, ...(given !== undefined && { body: given }) })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const configMaps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const merge = { 'content-type': 'application/merge-patch+json' }

describe('handlers over the registry', () => {
  test('the life of an object', async () => {
    const created = await send('POST', configMaps, { metadata: { name: 'a' }, data: { k: 'v' } })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { namespace: 'default' } })
    expect(await send('POST', configMaps, { metadata: { name: 'a' } })).toMatchObject({
      status: 409,
      body: { message: 'configmaps "a" already exists', reason: 'AlreadyExists' },
    })
    const got = await send('GET', `${configMaps}/a`)
    expect(got.body).toEqual(created.body)
    const changed = await send('PUT', `${configMaps}/a`, { ...got.body, data: { k: 'w' } })
    expect(changed).toMatchObject({ status: 200, body: { data: { k: 'w' } } })
    expect(await send('PUT', `${configMaps}/a`, { ...got.body, data: { k: 'x' } })).toMatchObject({
      status: 409,
      body: { reason: 'Conflict' },
    })
    const list = await send('GET', `${configMaps}?limit=1`)
    const { kind: _kind, apiVersion: _apiVersion, ...item } = changed.body
    expect(list.body['items']).toEqual([item])
    expect(await send('DELETE', `${configMaps}/a`)).toMatchObject({
      status: 200,
      body: { kind: 'Status', details: { name: 'a', kind: 'configmaps', uid: got.body.metadata['uid'] } },
    })
    expect((await send('GET', `${configMaps}/a`)).status).toBe(404)
  })

  test('defaults, status and scale of a Deployment', async () => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const created = await send('POST', deployments, {
      metadata: { name: 'd' },
      spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template },
    })
    expect(created).toMatchObject({ status: 201, body: { spec: { replicas: 1 }, metadata: { generation: 1 } } })
    const scaled = await send('PUT', `${deployments}/d/scale`, { metadata: { name: 'd' }, spec: { replicas: 4 } })
    expect(scaled).toMatchObject({
      status: 200,
      body: { kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 4 } },
    })
    const patched = await send(
      'PATCH',
      `${deployments}/d/status`,
      { status: { replicas: 4 }, spec: { replicas: 9 } },
      merge,
    )
    expect(patched).toMatchObject({ status: 200, body: { spec: { replicas: 4 }, status: { replicas: 4 } } })
    expect(await send('PATCH', `${deployments}/d/scale`, { spec: { replicas: 2 } }, merge)).toMatchObject({
      status: 200,
      body: { kind: 'Scale', spec: { replicas: 2 } },
    })
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
    const two = { spec: { template: { spec: { containers: [{ name: 'two', image: 'j' }] } } } }
    const merged = await send('PATCH', `${deployments}/d`, two, strategic)
    expect(merged).toMatchObject({
      status: 200,
      body: { spec: { template: { spec: { containers: [{ name: 'two' }, { name: 'c' }] } } } },
    })
  })

  test('a watch from a list misses nothing', async () => {
    const { body } = await send('GET', configMaps)
    const query = `?watch=1&resourceVersion=${String(body.metadata['resourceVersion'])}`
    const response = await call({ method: 'GET', path: configMaps + query })
    await send('POST', configMaps, { metadata: { name: 'w', labels: { x: 'y' } } })
    await send('PATCH', `${configMaps}/w`, { data: { k: 'v' } }, merge)
    await send('DELETE', `${configMaps}/w`)
    const types: string[] = []
    let text = ''
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString()
      types.length = 0
      for (const line of text.split('\n').slice(0, -1)) types.push(JSON.parse(line).type)
      if (types.length === 3) break
    }
    expect(types).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  })

  test('every resource can be listed, as itself, as a table and in protobuf', async () => {
    for (const resource of registry.served()) {
      if (resource.subresource !== '' || !resource.verbs.includes('list')) continue
      const prefix = resource.group === '' ? '/api' : `/apis/${resource.group}`
      const path = `${prefix}/${resource.version}/${resource.resource}`
      for (const accept of [
        'application/json',
        'application/yaml',
        'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
        'application/vnd.kubernetes.protobuf,application/json',
      ]) {
        const response = await call({ method: 'GET', path, headers: { accept } })
        expect([path, accept, response.status]).toEqual([path, accept, 200])
        await response.bytes()
      }
    }
  })

  test('bodies as deep as they may be are taken or refused', async () => {
    const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions'
    for (const levels of [9_990, 10_001, 100_000]) {
      const taken = await send(
        'POST',
        revisions,
        `{"metadata":{"name":"r${levels}"},"data":${deep(levels)},"revision":1}`,
      )
      expect([levels, taken.status]).toEqual([levels, levels < 10_000 ? 201 : 400])
      const unknown = await send('POST', configMaps, `{"metadata":{"name":"u${levels}"},"x":${deep(levels)}}`)
      expect([levels, unknown.status]).toEqual([levels, levels < 10_000 ? 201 : 400])
      const patched = await send('PATCH', `${configMaps}/u9990`, `{"data":{"k":${deep(levels)}}}`, merge)
      expect([levels, patched.status]).toEqual([levels, levels < 10_000 ? 422 : 400])
    }
  })
})
