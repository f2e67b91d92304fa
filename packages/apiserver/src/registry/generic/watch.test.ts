import { createMemoryStorage } from '@fairlead/storage'
import { describe, expect, test } from 'vitest'
import type { WatchEvent } from '../rest/capabilities.ts'
import { create, createHarness, failureOf, patch, record, testContext, write } from '../testing/harness.ts'
import type { RegistryHarness } from '../testing/harness.ts'
import { widget } from '../testing/widget.ts'

/** Widgets a (red) and b (blue) at revisions 2 and 3. */
async function two(): Promise<RegistryHarness> {
  const harness = createHarness()
  await create(harness.widgets, widget('a', { metadata: { labels: { color: 'red' } }, spec: { color: 'red' } }))
  await create(harness.widgets, widget('b', { metadata: { labels: { color: 'blue' } }, spec: { color: 'blue' } }))
  return harness
}

const paint = ({ widgets }: RegistryHarness, name: string, color: string): Promise<unknown> =>
  widgets.update(
    testContext(),
    patch(name, (object) => {
      object.metadata.labels = { color }
      object['spec'] = { color }
    }),
    write(),
  )
const remove = ({ widgets }: RegistryHarness, name: string): Promise<unknown> =>
  widgets.delete(testContext(), { namespace: 'ns', name }, {}, write())

describe('where a watch begins', () => {
  test.each([
    ['no resourceVersion: the current state', {}, ['ADDED a@2', 'ADDED b@3']],
    ['zero: the current state', { resourceVersion: '0' }, ['ADDED a@2', 'ADDED b@3']],
    [
      'with bookmarks, their end is marked',
      { allowWatchBookmarks: true },
      ['ADDED a@2', 'ADDED b@3', 'BOOKMARK @3 end'],
    ],
    ['a resourceVersion: what came later', { resourceVersion: '2' }, ['ADDED b@3']],
    ['the newest resourceVersion: nothing yet', { resourceVersion: '3' }, []],
    ['state not wanted', { sendInitialEvents: false }, []],
    [
      'state wanted, not older than',
      { sendInitialEvents: true, resourceVersion: '2', resourceVersionMatch: 'NotOlderThan' },
      ['ADDED a@2', 'ADDED b@3'],
    ],
  ])('%s', async (_what, request, expected) => {
    const harness = await two()
    const watch = await record(harness.widgets, request)
    expect(watch.texts()).toEqual(expected)
    await remove(harness, 'a')
    expect(watch.texts()).toEqual([...expected, 'DELETED a@4'])
  })

  test('the future is waited for in silence', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '4' })
    await paint(harness, 'a', 'blue')
    expect(watch.texts()).toEqual([])
    await paint(harness, 'a', 'red')
    expect(watch.texts()).toEqual(['MODIFIED a@5'])
  })

  test('the state of the future is waited for three seconds', async () => {
    const harness = await two()
    const starting = record(harness.widgets, { sendInitialEvents: true, resourceVersion: '9' })
    await new Promise((resolve) => setImmediate(resolve))
    harness.clock.advance(3000)
    expect((await starting).texts()).toEqual(['ERROR 504 Timeout: Too large resource version: 9, current: 3'])
  })

  test('the past that nobody remembers is an event, and the last one', async () => {
    const storage = createMemoryStorage()
    const early = createHarness({}, { storage })
    for (const name of ['a', 'b', 'c']) await create(early.widgets, widget(name))
    const harness = createHarness({}, { storage })
    const watch = await record(harness.widgets, { resourceVersion: '2' })
    expect(watch.texts()).toEqual(['ERROR 410 too old resource version: 2 (4)'])
    expect(watch.events[0]).toMatchObject({ error: { status: { reason: 'Expired' } } })
  })

  test('a malformed resourceVersion is refused before anything starts', async () => {
    const { widgets } = await two()
    const failure = await failureOf(record(widgets, { resourceVersion: 'abc' }))
    expect([failure.code, failure.reason, failure.message]).toEqual([
      500,
      '',
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ])
  })
})

describe('selectors', () => {
  test.each([
    ['labels', { labels: 'color=red' }],
    ['fields', { fields: 'spec.color=red' }],
  ])('%s: objects come and go as they match', async (_what, selector) => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '3', ...selector })
    await paint(harness, 'b', 'red')
    await paint(harness, 'a', 'blue')
    await paint(harness, 'a', 'green')
    await remove(harness, 'a')
    await remove(harness, 'b')
    expect(watch.texts()).toEqual(['ADDED b@4', 'DELETED a@5', 'DELETED b@8'])
    const [, left] = watch.events
    expect(left).toMatchObject({ type: 'DELETED', object: { revision: 5 } })
    if (left?.type === 'DELETED') {
      expect(left.object.object()).toMatchObject({ metadata: { resourceVersion: '5' }, spec: { color: 'red' } })
    }
  })

  test('a name selects one object, not those whose names start alike', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { fields: 'metadata.name=a' })
    await create(harness.widgets, widget('ab'))
    await paint(harness, 'a', 'blue')
    expect(watch.texts()).toEqual(['ADDED a@2', 'MODIFIED a@5'])
  })

  test('a namespace narrows', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { namespace: '', fields: 'metadata.namespace=other' })
    await harness.widgets.create(testContext(), widget('c'), { ...write(), namespace: 'other' })
    await paint(harness, 'a', 'blue')
    expect(watch.texts()).toEqual(['ADDED c@4'])
  })
})

describe('sharing', () => {
  test('watchers get the same events, and frames are memorized with them', async () => {
    const harness = await two()
    const watches = [
      await record(harness.widgets, { resourceVersion: '3' }),
      await record(harness.widgets, { resourceVersion: '3', namespace: '' }),
      await record(harness.widgets, { resourceVersion: '3', labels: 'color=red' }),
    ]
    await remove(harness, 'a')
    const [first, ...others] = watches.map(({ events }) => events[0])
    expect(first?.type).toBe('DELETED')
    for (const other of others) expect(other).toBe(first)
    const source = (event: WatchEvent | undefined) => (event?.type === 'DELETED' ? event.source : undefined)
    source(first)?.encoded.set('DELETED json', Buffer.from('frame'))
    expect(source(others[0])?.encoded.get('DELETED json')?.toString()).toBe('frame')
  })
})

describe('bookmarks', () => {
  test('come about every minute, at the revision of the store', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '3', allowWatchBookmarks: true })
    harness.clock.advance(59_000)
    expect(watch.texts()).toEqual([])
    await harness.storage.transaction([], [{ type: 'put', key: '/registry/other/x', value: Buffer.from('{}') }])
    harness.clock.advance(1000)
    harness.clock.advance(60_000)
    expect(watch.texts()).toEqual(['BOOKMARK @4', 'BOOKMARK @4'])
    watch.close()
    harness.clock.advance(600_000)
    expect(watch.texts()).toHaveLength(2)
  })

  test('and shortly before the end of a short watch', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '3', allowWatchBookmarks: true, timeoutMs: 10_000 })
    harness.clock.advance(8000)
    expect(watch.texts()).toEqual(['BOOKMARK @3'])
  })

  test('but not before the revision that the watch starts at', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '5', allowWatchBookmarks: true })
    harness.clock.advance(60_000)
    expect(watch.texts()).toEqual([])
  })
})

describe('ends', () => {
  test('a closed watch is silent', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '3' })
    watch.close()
    await remove(harness, 'a')
    expect(watch.texts()).toEqual([])
    expect(watch.ended).toBe(false)
  })

  test('the server ends a watch when it loses its source', async () => {
    const harness = await two()
    const watch = await record(harness.widgets, { resourceVersion: '3', allowWatchBookmarks: true })
    await harness.storage.close()
    expect(watch.ended).toBe(true)
    harness.clock.advance(600_000)
    expect(watch.texts()).toEqual([])
  })
})
