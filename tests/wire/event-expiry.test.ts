import { describe, expect, test } from 'vitest'
import { httpsClient } from '../support/https-client.ts'
import { startTestControlPlane } from '../support/test-control-plane.ts'

const core = '/api/v1/namespaces/default/events'
const group = '/apis/events.k8s.io/v1/namespaces/default/events'

describe.each(['memory', 'lmdb'] as const)('events in %s', (storage) => {
  test('of either group go by themselves, and watchers of both are told', async () => {
    const controlPlane = await startTestControlPlane({ storage, eventTtl: 1000 })
    const client = await httpsClient(controlPlane.kubeconfig)
    const watches = await Promise.all([core, group].map((path) => client.watch(`${path}?watch=true`)))
    const object = { kind: 'Pod', namespace: 'default', name: 'web' }
    const old = await client.post(core, {
      metadata: { name: 'old' },
      involvedObject: object,
      reason: 'Old',
      type: 'Normal',
    })
    const recent = await client.post(group, {
      metadata: { name: 'new' },
      regarding: object,
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      reportingController: 'example.com/test',
      reportingInstance: 'test-1',
      action: 'Testing',
      reason: 'New',
      type: 'Normal',
    })
    expect([old.status, recent.status]).toEqual([201, 201])
    await client.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'stays' } })
    for (const watch of watches) {
      const [added, deleted] = [await watch.take(2), await watch.take(2)]
      expect(added.map(({ type, object: { metadata } }) => [type, metadata.name])).toEqual([
        ['ADDED', 'old'],
        ['ADDED', 'new'],
      ])
      expect(deleted.map(({ type }) => type)).toEqual(['DELETED', 'DELETED'])
      expect(deleted.map(({ object: { metadata } }) => metadata.name).sort()).toEqual(['new', 'old'])
      watch.close()
    }
    for (const path of [core, group]) expect((await client.get(path)).json.items).toEqual([])
    expect((await client.get('/api/v1/namespaces/default/configmaps/stays')).status).toBe(200)
    client.close()
    await controlPlane.stop()
  })
})
