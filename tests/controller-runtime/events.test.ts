import { ConnectionError, createClient, type Transport } from '@fairlead/client'
import {
  type CoreEvent,
  createEventRecorder,
  createEventSeriesRecorder,
  type Happening,
  type SeriesEvent,
} from '@fairlead/controller-runtime'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kubectlFor } from '../support/kubectl.ts'
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

describe('series', () => {
  const minute = 60_000
  const failed: Happening = { type: 'Warning', reason: 'FailedMount', action: 'Mounting', note: 'no such volume' }

  function seriesRecorderOf(transport: Transport = controlPlane.transport, start?: number) {
    const clock = createManualClock(start)
    const errors: string[] = []
    const stopping = new AbortController()
    const client = createClient(transport, { clock, random: () => 0 })
    const recorder = createEventSeriesRecorder({
      client,
      controller: 'example.com/mounter',
      instance: 'mounter-1',
      signal: stopping.signal,
      onError: (error) => errors.push(String(error)),
    })
    const events = createClient(controlPlane.transport)
      .resource<SeriesEvent>('events.k8s.io/v1', 'events')
      .namespace('default')
    const written = async (name: string) => {
      await recorder.flush()
      return (await events.list({ fieldSelector: `regarding.name=${name}` })).items
    }
    /** Lets time pass as timers see it. */
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= minute) {
        clock.advance(Math.min(left, minute))
        await recorder.flush()
      }
    }
    return { clock, errors, recorder, events, written, pass, stop: () => stopping.abort() }
  }
  const seriesOf = (events: readonly SeriesEvent[]) => events.map(({ series }) => series)

  test('an event says who did what to which object', async () => {
    const { errors, recorder, written } = seriesRecorderOf()
    recorder.event(about('one'), { ...failed, related: about('other') })
    const [event, ...more] = await written('one')
    expect([more, errors]).toEqual([[], []])
    expect(event).toMatchObject({
      eventTime: '2023-11-14T22:13:20.000000Z',
      reportingController: 'example.com/mounter',
      reportingInstance: 'mounter-1',
      regarding: { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', namespace: 'default', uid: 'uid-of-one' },
      related: { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', namespace: 'default', uid: 'uid-of-other' },
      ...failed,
    })
    expect(event).not.toHaveProperty('series')
    expect(event?.metadata.name).toMatch(/^one\.[0-9a-f]{16}$/)
  })

  test('equal ones become a series, whose count is written when it begins, goes on and ends', async () => {
    const { clock, errors, recorder, written, pass } = seriesRecorderOf()
    const repeat = (note: string) => recorder.event(about('again'), { ...failed, note })
    repeat('first')
    clock.advance(1000)
    repeat('second')
    expect(await written('again')).toMatchObject([
      { note: 'first', series: { count: 2, lastObservedTime: '2023-11-14T22:13:21.000000Z' } },
    ])
    repeat('third')
    expect(seriesOf(await written('again'))).toMatchObject([{ count: 2 }])
    // It goes on for half an hour.
    for (let times = 0; times < 6; times += 1) {
      await pass(5 * minute)
      repeat('and on')
    }
    expect(seriesOf(await written('again'))).toMatchObject([{ count: 8 }])
    await pass(12 * minute)
    expect(seriesOf(await written('again'))).toMatchObject([{ count: 9 }])
    // After its end there is a new event.
    repeat('later')
    expect((await written('again')).map(({ note, series }) => [note, series?.count])).toEqual([
      ['first', 9],
      ['later', undefined],
    ])
    expect(errors).toEqual([])
  })

  test.each<[string, Partial<Happening>, object]>([
    ['type', { type: 'Normal' }, {}],
    ['reason', { reason: 'Mounted' }, {}],
    ['action', { action: 'Unmounting' }, {}],
    ['related object', { related: about('related') }, {}],
    ['object', {}, { uid: 'another' }],
  ])('another %s makes another event', async (what, happening, metadata) => {
    const { recorder, written } = seriesRecorderOf()
    const name = `other-${what.replaceAll(' ', '-')}`
    const object = about(name)
    recorder.event(object, failed)
    recorder.event({ ...object, metadata: { ...object.metadata, ...metadata } }, { ...failed, ...happening })
    expect(seriesOf(await written(name))).toEqual([undefined, undefined])
  })

  test('a pause of more than six minutes ends what happened once', async () => {
    const { recorder, written, pass } = seriesRecorderOf()
    recorder.event(about('rare'), failed)
    await pass(12 * minute)
    recorder.event(about('rare'), failed)
    expect(seriesOf(await written('rare'))).toEqual([undefined, undefined])
  })

  test('a series whose event has expired is written anew', async () => {
    const { errors, recorder, events, written, pass } = seriesRecorderOf()
    recorder.event(about('expired'), failed)
    recorder.event(about('expired'), failed)
    const [event] = await written('expired')
    await events.delete(event?.metadata.name ?? '')
    await pass(12 * minute)
    expect(await written('expired')).toMatchObject([{ metadata: { name: event?.metadata.name }, series: { count: 2 } }])
    expect(errors).toEqual([])
  })

  test.each([
    ['n'.repeat(1024), 'n'.repeat(1024)],
    ['n'.repeat(1025), `${'n'.repeat(1020)} ...`],
    ['ä'.repeat(600), `${'ä'.repeat(510)} ...`],
    [`n${'ä'.repeat(600)}`, `n${'ä'.repeat(509)} ...`],
  ])('a long note is cut at 1024 bytes', async (note, shortened) => {
    const { recorder, written } = seriesRecorderOf()
    const name = `note-${note.length}`
    recorder.event(about(name), { ...failed, note })
    expect((await written(name))[0]?.note).toBe(shortened)
  })

  test('a server that cannot be reached is asked again, one that refuses is not', async () => {
    let failures = 3
    const { clock, errors, recorder, written } = seriesRecorderOf(async (request) => {
      failures -= 1
      if (failures >= 0) throw new ConnectionError('no route')
      return controlPlane.transport(request)
    })
    recorder.event(about('lost', 'no-such-namespace'), failed)
    recorder.event(about('unlucky'), failed)
    const events = written('unlucky')
    await expect
      .poll(() => {
        clock.advance(10_000)
        return failures
      })
      .toBeLessThan(-1)
    expect(await events).toHaveLength(1)
    expect(errors).toEqual(['StatusError: namespaces "no-such-namespace" not found'])
  })

  test('what waits when the recorder is stopped is dropped', async () => {
    const { errors, recorder, written, stop } = seriesRecorderOf()
    stop()
    recorder.event(about('dropped'), failed)
    expect([await written('dropped'), errors]).toEqual([[], []])
  })

  test('kubectl shows both kinds, whichever API it reads', async () => {
    const kubectl = await kubectlFor(controlPlane, 'newest')
    const now = Date.now() - 1000
    const { recorder } = seriesRecorderOf(controlPlane.transport, now)
    const client = createClient(controlPlane.transport, { clock: createManualClock(now) })
    const counting = createEventRecorder({ client, component: 'counter', signal: new AbortController().signal })
    recorder.event(about('seen'), failed)
    recorder.event(about('seen'), failed)
    counting.event(about('seen'), 'Normal', 'Counted', 'one more')
    counting.event(about('seen'), 'Normal', 'Counted', 'one more')
    await Promise.all([recorder.flush(), counting.flush()])
    const counted = (line: string) => line.replaceAll(/ +/g, ' ').replaceAll(/\b\d+s\b/g, 'Ns')
    const select = '--field-selector=involvedObject.name=seen'
    expect((await kubectl('get', 'events', select)).split('\n').map(counted).toSorted()).toEqual([
      '',
      'LAST SEEN TYPE REASON OBJECT MESSAGE',
      'Ns Normal Counted configmap/seen one more',
      'Ns Warning FailedMount configmap/seen no such volume',
    ])
    const lines = (await kubectl('events', '--for=configmap/seen')).split('\n').map(counted)
    expect(lines.toSorted()).toEqual([
      '',
      'LAST SEEN TYPE REASON OBJECT MESSAGE',
      'Ns (x2 over Ns) Normal Counted ConfigMap/seen one more',
      'Ns (x2 over Ns) Warning FailedMount ConfigMap/seen no such volume',
    ])
    const names = (resource: string, selector: string) => kubectl('get', resource, selector, '-o', 'name')
    const inEvents = await names('events.v1.events.k8s.io', '--field-selector=regarding.name=seen')
    expect(inEvents.split('\n').toSorted()).toHaveLength(3)
    expect(inEvents.replaceAll('.events.k8s.io', '')).toBe(await names('events.v1.', select))
  })
})
