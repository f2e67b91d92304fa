import { describe, expect, test } from 'vitest'
import { configMap, send } from '../testing/send.ts'
import { createTestServer } from '../testing/test-server.ts'

const all = '/api/v1/namespaces/default/configmaps'
const one = `${all}/a`

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

  test('drops owner references that are there twice, with a warning', async () => {
    const server = createTestServer()
    server.memory('configmaps').put(configMap('a'))
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' }
    const { body } = await send(server, ['PUT', one], { metadata: { name: 'a', ownerReferences: [owner, owner] } })
    expect(body.metadata['ownerReferences']).toEqual([owner])
    expect(server.warnings.texts).toEqual([expect.stringMatching(/contains duplicate entries; .* observed: u1$/)])
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
