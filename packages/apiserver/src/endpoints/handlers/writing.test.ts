import { builtinKind } from '@fairlead/api'
import { encodeEnvelope, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

const all = '/api/v1/namespaces/default/configmaps'
const one = `${all}/a`
const deployments = '/apis/apps/v1/namespaces/default/deployments'

const configMap = (name: string, extra: JsonObject = {}): KubeObject => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  ...extra,
})

async function send(
  server: TestServer,
  [method, path]: readonly [string, string],
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: unknown; body: JsonObject & { metadata: JsonObject; message?: string } }> {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const response = await server.call({ method, path, headers, ...(body !== undefined && { body: bytes }) })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

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

describe('PUT', () => {
  test('replaces', async () => {
    const server = createTestServer()
    server.memory('configmaps').put(configMap('a'))
    const { status, body } = await send(server, ['PUT', one], configMap('a', { data: { k: 'v' } }))
    expect([status, body['data'], body.metadata['resourceVersion']]).toEqual([200, { k: 'v' }, '102'])
    expect(server.admitted.map(({ attributes }) => [attributes.operation, attributes.options['kind']])).toEqual([
      ['UPDATE', 'UpdateOptions'],
      ['UPDATE', 'UpdateOptions'],
    ])
    expect(server.admitted[0]?.attributes.oldObject?.metadata.resourceVersion).toBe('101')
  })

  test('creates only where the kind allows it, and with the permission to create', async () => {
    const server = createTestServer()
    expect((await send(server, ['PUT', one], configMap('a'))).status).toBe(404)
    const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l'
    const made = await send(server, ['PUT', lease], { metadata: { name: 'l' } })
    expect(made.status).toBe(201)
    expect(server.admitted.at(-1)?.attributes).toMatchObject({
      operation: 'CREATE',
      options: { kind: 'CreateOptions' },
    })
    const closed = createTestServer({ authorizer: () => ({ decision: 'no-opinion', reason: 'nobody said yes' }) })
    const refused = await send(closed, ['PUT', lease], { metadata: { name: 'l' } })
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'leases.coordination.k8s.io "l" is forbidden: User "tester" cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "default": nobody said yes',
    ])
  })

  test.each([
    [{ name: 'b' }, 'the name of the object (b) does not match the name on the URL (a)'],
    [{}, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    [
      { name: 'a', namespace: 'other' },
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
  ])('%j', async (metadata, message) => {
    const server = createTestServer()
    server.memory('configmaps').put(configMap('a'))
    const { status, body } = await send(server, ['PUT', one], { metadata })
    expect([status, body.message]).toEqual([400, message])
  })
})

describe('PATCH', () => {
  const json = { 'content-type': 'application/json-patch+json' }
  const merge = { 'content-type': 'application/merge-patch+json' }
  const strategic = { 'content-type': 'application/strategic-merge-patch+json; charset=utf-8' }
  const withDeployment = () => {
    const server = createTestServer()
    server.memory('deployments.apps').put({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'd', namespace: 'default', uid: 'u' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: 'b' } },
        template: {
          spec: {
            containers: [
              { name: 'one', image: '1' },
              { name: 'two', image: '2' },
            ],
          },
        },
      },
    })
    return server
  }
  const path = `${deployments}/d`

  test.each([
    ['JSON patch', json, [{ op: 'replace', path: '/spec/replicas', value: 3 }]],
    ['merge patch', merge, { spec: { replicas: 3 } }],
    ['strategic merge patch', strategic, { spec: { replicas: 3 } }],
  ])('%s', async (_name, headers, patch) => {
    const server = withDeployment()
    const { status, body } = await send(server, ['PATCH', path], patch, headers)
    expect([status, (body['spec'] as JsonObject)['replicas']]).toEqual([200, 3])
    expect(body.metadata['resourceVersion']).toBe('102')
    expect(server.admitted[0]?.attributes.options['kind']).toBe('UpdateOptions')
  })

  test('lists merge by key', async () => {
    const { body } = await send(
      withDeployment(),
      ['PATCH', path],
      { spec: { template: { spec: { containers: [{ name: 'two', image: '3' }] } } } },
      strategic,
    )
    expect(body).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'one', image: '1' },
              { name: 'two', image: '3' },
            ],
          },
        },
      },
    })
  })

  test('after a conflict the patch is applied to the new object', async () => {
    const server = withDeployment()
    const memory = server.memory('deployments.apps')
    memory.interfere = () => {
      memory.interfere = undefined
      memory.put({
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        metadata: { name: 'd', namespace: 'default', labels: { other: 'write' } },
        spec: { replicas: 7, selector: {}, template: { spec: { containers: [] } } },
      })
    }
    const { status, body } = await send(server, ['PATCH', path], { spec: { paused: true } }, merge)
    expect(status).toBe(200)
    expect(body).toMatchObject({ metadata: { labels: { other: 'write' } }, spec: { replicas: 7, paused: true } })
  })

  test('a resourceVersion in the patch must be the current one', async () => {
    const { status } = await send(withDeployment(), ['PATCH', path], { metadata: { resourceVersion: '1' } }, merge)
    expect(status).toBe(409)
  })

  test.each([[undefined], ['application/json'], ['application/apply-patch+yaml'], ['text/plain']])(
    'content type %s',
    async (contentType) => {
      const headers = contentType === undefined ? {} : { 'content-type': contentType }
      const { status, body } = await send(
        withDeployment(),
        ['PATCH', `${path}x`],
        '{',
        headers as Record<string, string>,
      )
      expect([status, body.message]).toEqual([
        415,
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
      ])
    },
  )

  test.each([
    [
      'an object that is missing, before a patch that is malformed',
      `${path}x`,
      merge,
      '{',
      404,
      'deployments.apps "dx" not found',
    ],
    [
      'force',
      `${path}?force=true`,
      merge,
      {},
      422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    ],
    [
      'a failed test',
      path,
      json,
      [{ op: 'test', path: '/spec/replicas', value: 9 }],
      422,
      'the server rejected our request due to an error in our request',
    ],
    [
      'a new name',
      path,
      merge,
      { metadata: { name: 'x' } },
      400,
      'the name of the object (x) does not match the name on the URL (d)',
    ],
    [
      'a patch that is no object',
      path,
      merge,
      [],
      400,
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['the same, not looked at closely', `${path}?fieldValidation=Ignore`, merge, '{', 400, 'Invalid JSON Patch'],
    [
      'a result that does not decode',
      path,
      strategic,
      { spec: { replicas: 'x' } },
      422,
      ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": ',
    ],
    [
      'an unknown field',
      `${path}?fieldValidation=Strict`,
      strategic,
      '{"spec":{"foo":1,"paused":true,"paused":true}}',
      422,
      ' "" is invalid: patch: Invalid value: "map[spec:map[foo:1 paused:true]]": strict decoding error: duplicate field "spec.paused", unknown field "spec.foo"',
    ],
  ])('%s', async (_name, target, headers, patch, code, message) => {
    const { status, body } = await send(withDeployment(), ['PATCH', target], patch, headers as Record<string, string>)
    expect(status).toBe(code)
    expect(body.message?.slice(0, message.length)).toBe(message)
  })

  test('warnings', async () => {
    const server = withDeployment()
    const { status } = await send(server, ['PATCH', path], '{"spec":{"foo":1,"paused":true,"paused":true}}', merge)
    expect(status).toBe(200)
    expect(server.warnings.texts).toEqual(['duplicate field "spec.paused"', 'unknown field "spec.foo"'])
  })
})

describe('DELETE', () => {
  const withObjects = () => {
    const server = createTestServer()
    server.memory('configmaps').put({ ...configMap('a'), metadata: { name: 'a', namespace: 'default', uid: 'u' } })
    server.memory('configmaps').put({
      ...configMap('kept'),
      metadata: { name: 'kept', namespace: 'default', uid: 'k', finalizers: ['x/y'], labels: { keep: 'yes' } },
    })
    server.memory('deployments.apps').put({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'd', namespace: 'default', uid: 'u' },
      spec: {},
    })
    server
      .memory('pods')
      .put({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p', namespace: 'default' }, spec: {} })
    return server
  }

  test('a Status with details', async () => {
    const server = withObjects()
    const { status, body } = await send(server, ['DELETE', `${deployments}/d`], undefined)
    expect([status, body]).toEqual([
      200,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'd', group: 'apps', kind: 'deployments', uid: 'u' },
      },
    ])
    expect(server.admitted.map(({ phase, attributes }) => [phase, attributes.operation, attributes.name])).toEqual([
      ['validate', 'DELETE', 'd'],
    ])
    expect((await send(server, ['DELETE', `${deployments}/d`], undefined)).status).toBe(404)
  })

  test('the object, for kinds that give it back', async () => {
    const { status, body } = await send(withObjects(), ['DELETE', '/api/v1/namespaces/default/pods/p'], undefined)
    expect([status, body['kind']]).toEqual([200, 'Pod'])
  })

  test.each([
    [undefined, 200],
    [{ propagationPolicy: 'Foreground' }, 200],
    [{ orphanDependents: false }, 202],
    [{ orphanDependents: true }, 200],
  ])('an object that stays, with %j', async (options, code) => {
    expect((await send(withObjects(), ['DELETE', `${all}/kept`], options)).status).toBe(code)
  })

  test.each([
    ['DeleteOptions', 'v1'],
    ['DeleteOptions', 'meta.k8s.io/v1'],
    ['DeleteOptions', 'apps/v1'],
  ])('options as %s of %s', async (kind, apiVersion) => {
    const server = withObjects()
    const options = { kind, apiVersion, gracePeriodSeconds: 3, preconditions: { uid: 'u' }, dryRun: ['All'] }
    expect((await send(server, ['DELETE', one], options)).status).toBe(200)
    expect(server.admitted[0]?.attributes).toMatchObject({
      dryRun: true,
      options: { kind: 'DeleteOptions', gracePeriodSeconds: 3, preconditions: { uid: 'u' }, dryRun: ['All'] },
      oldObject: { metadata: { name: 'a' } },
    })
    expect((await send(server, ['GET', one], undefined)).status).toBe(200)
  })

  test('options in protobuf and in YAML', async () => {
    const form = builtinKind({ group: '', version: 'v1', kind: 'DeleteOptions' })?.protobuf
    const raw = form?.encode({ gracePeriodSeconds: 4, propagationPolicy: 'Orphan' }) ?? new Uint8Array()
    for (const [contentType, body] of [
      ['application/vnd.kubernetes.protobuf', encodeEnvelope({ apiVersion: 'v1', kind: 'DeleteOptions', raw })],
      ['application/yaml', 'gracePeriodSeconds: 4\npropagationPolicy: Orphan\n'],
    ] as const) {
      const server = withObjects()
      const { status } = await send(server, ['DELETE', one], body, { 'content-type': contentType })
      expect([status, server.admitted[0]?.attributes.options]).toEqual([
        200,
        { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', gracePeriodSeconds: 4, propagationPolicy: 'Orphan' },
      ])
    }
  })

  test('the body counts, not the query', async () => {
    const server = withObjects()
    await send(server, ['DELETE', `${one}?gracePeriodSeconds=9&propagationPolicy=Orphan`], { gracePeriodSeconds: 3 })
    expect(server.admitted[0]?.attributes.options).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'meta.k8s.io/v1',
      gracePeriodSeconds: 3,
    })
  })

  test('the query counts when there is no body', async () => {
    const server = withObjects()
    const query = 'gracePeriodSeconds=9&propagationPolicy=Orphan&uid=u&resourceVersion=5&dryRun=All'
    await send(server, ['DELETE', `${one}?${query}`], undefined)
    expect(server.admitted[0]?.attributes.options).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'meta.k8s.io/v1',
      gracePeriodSeconds: 9,
      propagationPolicy: 'Orphan',
      preconditions: { uid: 'u', resourceVersion: '5' },
      dryRun: ['All'],
    })
  })

  test.each([
    ['', { kind: 'Pod', apiVersion: 'v1' }, 400, 'decoded object cannot be converted to DeleteOptions'],
    [
      '',
      { gracePeriodSeconds: 'x' },
      400,
      'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
    ['', '{', 400, "couldn't get version/kind; json parse error: unexpected end of JSON input"],
    ['?gracePeriodSeconds=x', undefined, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      '',
      { orphanDependents: true, propagationPolicy: 'Orphan' },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
    [
      '',
      { propagationPolicy: 'x' },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      '?dryRun=x',
      undefined,
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
    ],
  ])('%s %j', async (query, options, code, message) => {
    const { status, body } = await send(withObjects(), ['DELETE', one + query], options)
    expect([status, body.message]).toEqual([code, message])
  })

  test('a collection answers with the list of what was there', async () => {
    const server = withObjects()
    const { status, body } = await send(server, ['DELETE', `${all}?labelSelector=keep`], undefined)
    expect([status, body['kind'], (body['items'] as JsonObject[]).length]).toEqual([200, 'ConfigMapList', 1])
    expect(server.admitted.map(({ attributes }) => attributes.name)).toEqual(['kept'])
  })
})

describe('what leads to a node', () => {
  const server = createTestServer()
  const pod = (name: string, spec: JsonObject) => ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default' },
    spec,
  })
  server.memory('pods').put(pod('waiting', {}))
  server.memory('pods').put(pod('running', { nodeName: 'n1' }))
  server.memory('services').put({ kind: 'Service', apiVersion: 'v1', metadata: { name: 's', namespace: 'default' } })

  test.each([
    ['POST', 'pods/waiting/exec?command=ls', 400, 'pod waiting does not have a host assigned'],
    ['GET', 'pods/waiting/portforward', 400, 'pod waiting does not have a host assigned'],
    ['GET', 'pods/running/log', 500, 'error dialing backend: no connection to node "n1"'],
    ['POST', 'pods/running/attach', 500, 'error dialing backend: no connection to node "n1"'],
    ['GET', 'pods/waiting/proxy/', 400, 'address not allowed'],
    ['GET', 'pods/none/log', 404, 'pods "none" not found'],
    ['GET', 'services/https:s:443/proxy/a/b', 503, 'no endpoints available for service "https:s:443"'],
    ['POST', 'pods/running/exec?dryRun=All', 400, 'dryRun is not supported'],
  ])('%s %s', async (method, path, code, message) => {
    const { status, body } = await send(server, [method, `/api/v1/namespaces/default/${path}`], undefined)
    expect([status, body.message]).toEqual([code, message])
  })

  test('a pod without a node has no log', async () => {
    const response = await server.call({ method: 'GET', path: '/api/v1/namespaces/default/pods/waiting/log' })
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  test('admission may refuse', async () => {
    const before = server.admitted.length
    await send(server, ['POST', '/api/v1/namespaces/default/pods/running/exec'], undefined)
    expect(server.admitted.slice(before).map(({ attributes }) => attributes.operation)).toEqual(['CONNECT', 'CONNECT'])
  })
})
