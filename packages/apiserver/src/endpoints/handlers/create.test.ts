import { builtinKind } from '@fairlead/api'
import { encodeEnvelope } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { configMap, send } from '../testing/send.ts'
import { createTestServer } from '../testing/test-server.ts'

const all = '/api/v1/namespaces/default/configmaps'
const one = `${all}/a`

describe('POST', () => {
  test('makes an object: system fields are the server’s, namespace and kind are filled in', async () => {
    const server = createTestServer()
    const { status, body } = await send(server, ['POST', all], {
      metadata: {
        name: 'a',
        uid: 'mine',
        creationTimestamp: '2000-01-01T00:00:00Z',
        deletionTimestamp: '2000-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 3,
        selfLink: '/x',
      },
      data: { k: 'v' },
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { resourceVersion: '101', name: 'a', namespace: 'default', uid: 'uid-a' },
      data: { k: 'v' },
    })
    expect(server.warnings.texts).toEqual([])
  })

  test('owner references that are there twice are dropped, with a warning', async () => {
    const server = createTestServer()
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' }
    const other = { ...owner, controller: true }
    const metadata = { name: 'a', ownerReferences: [owner, other, owner, owner] }
    const { body } = await send(server, ['POST', all], { metadata })
    expect(body.metadata['ownerReferences']).toEqual([owner, other])
    expect(server.warnings.texts).toEqual([
      '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may ' +
        'reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u1, u1',
    ])
  })

  test('so are those that admission adds', async () => {
    const server = createTestServer()
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' }
    server.admission.mutate = async ({ object }) => {
      object?.metadata.ownerReferences?.push({ ...owner })
    }
    const { body } = await send(server, ['POST', all], { metadata: { name: 'a', ownerReferences: [owner] } })
    expect(body.metadata['ownerReferences']).toEqual([owner])
    expect(server.warnings.texts).toEqual([expect.stringContaining('after mutating admission happens; API server')])
  })

  test('admission sees the write and may change it', async () => {
    const server = createTestServer()
    server.admission.mutate = async ({ object }) => {
      if (object !== undefined) object['data'] = { k: 'changed' }
    }
    const { body } = await send(server, ['POST', `${all}?dryRun=All&fieldManager=me`], configMap('a'))
    expect(body).toMatchObject({ data: { k: 'changed' }, metadata: { name: 'a' } })
    expect(body.metadata['resourceVersion']).toBeUndefined()
    expect(server.admitted.map(({ phase }) => phase)).toEqual(['mutate', 'validate'])
    expect(server.admitted[0]?.attributes).toMatchObject({
      operation: 'CREATE',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      subresource: '',
      namespace: 'default',
      name: 'a',
      dryRun: true,
      options: {
        kind: 'CreateOptions',
        apiVersion: 'meta.k8s.io/v1',
        dryRun: ['All'],
        fieldManager: 'me',
        fieldValidation: 'Warn',
      },
      user: { name: 'tester' },
    })
    expect((await send(server, ['GET', one], undefined)).status).toBe(404)
  })

  test('admission sees the version of the request and storage its own', async () => {
    const server = createTestServer()
    server.admission.mutate = async ({ object }) => {
      if (object !== undefined) object['note'] = 'seen'
    }
    const event = {
      metadata: { name: 'e', namespace: 'default' },
      regarding: { kind: 'Pod', namespace: 'default', name: 'p' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'c',
      reportingInstance: 'i',
      action: 'a',
      reason: 'r',
      type: 'Normal',
    }
    const path = '/apis/events.k8s.io/v1/namespaces/default/events'
    const { status, body } = await send(server, ['POST', path], event)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      note: 'seen',
      regarding: { name: 'p' },
    })
    expect(server.admitted[1]?.attributes.object).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'seen' })
  })

  test('a Namespace is created in itself, and has no namespace', async () => {
    const server = createTestServer()
    const { body } = await send(server, ['POST', '/api/v1/namespaces'], { metadata: { name: 'n', namespace: 'x' } })
    expect(body.metadata['namespace']).toBeUndefined()
    expect(server.admitted[0]?.attributes).toMatchObject({ namespace: 'n', name: 'n' })
  })

  test('protobuf', async () => {
    const server = createTestServer()
    const form = builtinKind({ group: '', version: 'v1', kind: 'ConfigMap' })?.protobuf
    const raw = form?.encode(configMap('a', { data: { k: 'v' } })) ?? new Uint8Array()
    const { status, body } = await send(
      server,
      ['POST', all],
      encodeEnvelope({ apiVersion: 'v1', kind: 'ConfigMap', raw }),
      { 'content-type': 'application/vnd.kubernetes.protobuf' },
    )
    expect([status, body['data']]).toEqual([201, { k: 'v' }])
  })

  test('reviews answer 201 and keep nothing', async () => {
    const server = createTestServer()
    const { status, body } = await send(server, ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'], {
      spec: { nonResourceAttributes: { path: '/', verb: 'get' } },
    })
    expect([status, body['kind']]).toEqual([201, 'SelfSubjectAccessReview'])
  })

  test.each(['policy/v1', 'policy/v1beta1', undefined])('evictions as %s', async (apiVersion) => {
    const server = createTestServer()
    const { status, body } = await send(server, ['POST', '/api/v1/namespaces/default/pods/p/eviction'], {
      ...(apiVersion !== undefined && { apiVersion, kind: 'Eviction' }),
      metadata: { name: 'p' },
    })
    expect([status, body]).toEqual([
      201,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    ])
  })

  test('an object as a table', async () => {
    const server = createTestServer()
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { status, body } = await send(server, ['POST', all], configMap('a'), { accept })
    expect([status, body['kind']]).toEqual([201, 'Table'])
  })

  test.each([
    [
      '?dryRun=x',
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
    ],
    [
      '?fieldValidation=x',
      422,
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    [
      `?fieldManager=${'x'.repeat(129)}`,
      422,
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
  ])('%s', async (query, code, message) => {
    const { status, body } = await send(createTestServer(), ['POST', all + query], '{')
    expect([status, body.message]).toEqual([code, message])
  })

  test('a body that is too large', async () => {
    const { status, body } = await send(createTestServer(), ['POST', all], ' '.repeat(3 * 1024 * 1024 + 1))
    expect([status, body.message]).toEqual([413, 'Request entity too large: limit is 3145728'])
  })

  test('Accept is looked at before the body, the content type before the options', async () => {
    const server = createTestServer()
    const nowhere = await send(server, ['POST', `${all}?dryRun=x`], '{', { accept: 'text/html', 'content-type': 'x/y' })
    expect(nowhere.status).toBe(406)
    const unknown = await send(server, ['POST', `${all}?dryRun=x`], '{', { 'content-type': 'x/y' })
    expect([unknown.status, unknown.body.message]).toEqual([
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    ])
  })

  test('a write that takes too long is given up', async () => {
    const server = createTestServer()
    server.admission.mutate = () => new Promise(() => {})
    const answer = send(server, ['POST', all], configMap('a'))
    await expect.poll(() => server.timers.length).toBe(1)
    expect(server.timers[0]?.delay).toBe(34_000)
    server.timers[0]?.run()
    const { status, body } = await answer
    expect([status, body['reason'], body.message]).toEqual([
      504,
      'Timeout',
      'Timeout: request did not complete within requested timeout - context deadline exceeded',
    ])
  })
})
