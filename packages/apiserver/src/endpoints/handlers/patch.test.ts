import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { send } from '../testing/send.ts'
import { createTestServer } from '../testing/test-server.ts'

const deployments = '/apis/apps/v1/namespaces/default/deployments'

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
