import { createClient } from '@fairlead/client'
import { type CoreEvent, createEventRecorder } from '@fairlead/controller-runtime'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())

const about = (name: string, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, uid: `uid-of-${name}` },
})

function recorderOf() {
  const clock = createManualClock()
  const errors: string[] = []
  const client = createClient(controlPlane.transport, { clock })
  const recorder = createEventRecorder({
    client,
    component: 'test-controller',
    signal: new AbortController().signal,
    onError: (error) => errors.push(String(error)),
  })
  const written = async (name: string) => {
    await recorder.flush()
    const fieldSelector = `involvedObject.name=${name}`
    return (await client.resource<CoreEvent>('v1', 'events').namespace('default').list({ fieldSelector })).items
  }
  return { clock, errors, recorder, written, client }
}

test('equal events are one with a count', async () => {
  const { clock, errors, recorder, written, client } = recorderOf()
  recorder.event(about('equal'), 'Normal', 'Created', 'Created it')
  clock.advance(5000)
  recorder.event(about('equal'), 'Normal', 'Created', 'Created it')
  recorder.event(about('equal'), 'Warning', 'Failed', 'Could not')
  const events = (await written('equal')).toSorted((a, b) => (a.reason < b.reason ? -1 : 1))
  expect(errors).toEqual([])
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({
    involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'equal', namespace: 'default', uid: 'uid-of-equal' },
    type: 'Normal',
    reason: 'Created',
    message: 'Created it',
    count: 2,
    firstTimestamp: '2023-11-14T22:13:20Z',
    lastTimestamp: '2023-11-14T22:13:25Z',
    source: { component: 'test-controller' },
    reportingComponent: 'test-controller',
  })
  expect(events[0]?.metadata.name).toMatch(/^equal\.[0-9a-f]{16}$/)
  expect(events[1]).toMatchObject({ type: 'Warning', count: 1 })
  // One that has expired is written anew.
  await client
    .resource('v1', 'events')
    .namespace('default')
    .delete(events[0]?.metadata.name ?? '')
  recorder.event(about('equal'), 'Normal', 'Created', 'Created it')
  expect((await written('equal')).find(({ reason }) => reason === 'Created')).toMatchObject({ count: 3 })
  expect(errors).toEqual([])
})

test('similar events are combined from the tenth on, and one object has 25 and then one in five minutes', async () => {
  const { clock, recorder, written } = recorderOf()
  for (let index = 0; index < 30; index += 1) recorder.event(about('similar'), 'Normal', 'Did', `message ${index}`)
  const events = await written('similar')
  expect(events).toHaveLength(10)
  const combined = async () => (await written('similar')).find(({ message }) => message.startsWith('(combined'))
  expect(await combined()).toMatchObject({ message: '(combined from similar events): message 24', count: 16 })
  clock.advance(300_000)
  recorder.event(about('similar'), 'Normal', 'Did', 'message 30')
  recorder.event(about('similar'), 'Normal', 'Did', 'message 31')
  expect(await combined()).toMatchObject({ message: '(combined from similar events): message 30', count: 22 })
})

test('what the server refuses is not tried again', async () => {
  const { errors, recorder, written } = recorderOf()
  recorder.event(about('lost', 'no-such-namespace'), 'Normal', 'Did', 'it')
  recorder.event(about('found'), 'Normal', 'Did', 'it')
  expect(await written('found')).toHaveLength(1)
  expect(errors).toEqual(['StatusError: namespaces "no-such-namespace" not found'])
})
