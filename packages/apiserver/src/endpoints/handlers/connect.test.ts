import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { send } from '../testing/send.ts'
import { createTestServer } from '../testing/test-server.ts'

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
