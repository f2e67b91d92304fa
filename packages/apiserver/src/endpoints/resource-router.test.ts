import { describe, expect, test } from 'vitest'
import { createTestServer } from './testing/test-server.ts'

const configMap = (name: string, extra: object = {}) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  ...extra,
})

describe('routing', () => {
  const server = createTestServer()
  server.memory('configmaps').put(configMap('a'))
  server.memory('namespaces').put({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'default' } })
  server.memory('pods').put({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p', namespace: 'default' }, spec: {} })

  test.each([
    ['GET', '/api/v1/namespaces/default/configmaps/a', 200],
    ['GET', '/api/v1/namespaces/default/configmaps/a/', 200],
    ['GET', '/api/v1/namespaces/default/configmaps', 200],
    ['GET', '/api/v1/configmaps', 200],
    ['GET', '/api/v1/namespaces', 200],
    ['GET', '/api/v1/namespaces/default', 200],
    ['GET', '/api/v1/namespaces/default/status', 200],
    ['DELETE', '/api/v1/namespaces/default/pods', 200],
  ])('%s %s is served', async (method, path, status) => {
    expect((await server.call({ method, path })).status).toBe(status)
  })

  test.each([
    ['GET', '/api/v1/nope'],
    ['GET', '/api/v1/namespaces/default/nope/x'],
    ['GET', '/apis/apps/v9/deployments'],
    ['GET', '/api/v1/configmaps/a'],
    ['PUT', '/api/v1/configmaps/a'],
    ['GET', '/api/v1/namespaces/default/nodes'],
    ['GET', '/api/v1/namespaces/default/configmaps/a/status'],
    ['GET', '/api/v1/namespaces/default/pods/p/status/more'],
    ['GET', '/api/v1/namespaces/default/pods/p/log/more'],
    ['GET', '/api/v1/proxy/namespaces/default/pods/p'],
    ['GET', '/api/v1/watch/namespaces/default/pods/p/log'],
    ['GET', '/apis/authorization.k8s.io/v1/watch/subjectaccessreviews'],
  ])('%s %s is no route', async (method, path) => {
    const response = await server.call({ method, path })
    expect(response.status).toBe(404)
    expect(await response.text()).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}\n',
    )
  })

  test.each([
    ['OPTIONS', '/api/v1/namespaces/default/configmaps'],
    ['POST', '/api/v1/configmaps'],
    ['DELETE', '/api/v1/configmaps'],
    ['POST', '/api/v1/namespaces/default/configmaps/a'],
    ['DELETE', '/api/v1/namespaces/default/pods/p/status'],
    ['GET', '/apis/authorization.k8s.io/v1/subjectaccessreviews'],
    ['GET', '/api/v1/namespaces/default/pods/p/binding'],
    ['POST', '/api/v1/watch/configmaps'],
    ['DELETE', '/api/v1/namespaces'],
    ['PUT', '/api/v1/namespaces/default/pods/p/exec'],
  ])('%s %s is not allowed', async (method, path) => {
    const response = await server.call({ method, path })
    expect(response.status).toBe(405)
    expect(JSON.parse(await response.text())).toMatchObject({
      message: 'the server does not allow this method on the requested resource',
      reason: 'MethodNotAllowed',
      details: {},
    })
  })

  test('HEAD of a resource is not allowed', async () => {
    expect((await server.call({ method: 'HEAD', path: '/api/v1/namespaces/default/configmaps/a' })).status).toBe(405)
  })

  test.each(['/foo', '/apis/no.such.group/v1/x'])('%s is no page', async (path) => {
    const response = await server.call({ method: 'GET', path })
    expect(response.status).toBe(404)
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe('404 page not found\n')
  })
})
