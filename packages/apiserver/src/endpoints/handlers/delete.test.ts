import { builtinKind } from '@fairlead/api'
import { encodeEnvelope, type JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { configMap, send } from '../testing/send.ts'
import { createTestServer } from '../testing/test-server.ts'

const all = '/api/v1/namespaces/default/configmaps'
const one = `${all}/a`
const deployments = '/apis/apps/v1/namespaces/default/deployments'

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
