import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'

describeKubectl('events', (suite) => {
  const event = (name: string, fields: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'events', apiVersion: 'v1' },
      message: 'it happened',
      lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      count: 1,
      ...fields,
    })

  test('get events and events print them and select by fields', async () => {
    const kube = await suite.inNamespace('events')
    await kube.withInput(event('started', { reason: 'Started', type: 'Normal' }), 'create', '-f', '-')
    await kube.withInput(event('failed', { reason: 'Failed', type: 'Warning' }), 'create', '-f', '-')
    expect(await kube('get', 'events')).toMatch(
      /^LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE\n\S+\s+\w+\s+\w+\s+pod\/p\s+it happened\n/,
    )
    expect(await kube('get', 'events', '--field-selector', 'type=Warning', '-o', 'name')).toBe('event/failed\n')
    expect(
      await kube('get', 'events', '--field-selector', 'involvedObject.kind=Pod,reason!=Failed', '-o', 'name'),
    ).toBe('event/started\n')
    expect(await kube('get', 'events.v1.events.k8s.io', 'failed', '-o', 'jsonpath={.note} {.regarding.name}')).toBe(
      'it happened p',
    )
    if (suite.newest) {
      expect(await kube('events', '--types=Warning')).toMatch(
        /^LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE\n\S+.*Warning\s+Failed\s+Pod\/p\s+it happened\n$/,
      )
    }
  })
  test('describe shows the events of the object', async () => {
    const kube = await suite.inNamespace('described')
    await kube('run', 'p', '--image=nginx')
    const { uid } = (await kube.json('pod/p')).metadata
    const involvedObject = { kind: 'Pod', name: 'p', namespace: 'described', apiVersion: 'v1', uid }
    await kube.withInput(event('failed', { reason: 'Failed', type: 'Warning', involvedObject }), 'create', '-f', '-')
    expect(await kube('describe', 'pod', 'p')).toMatch(/Warning\s+Failed\s/)
  })
})
