import { createMemoryStorage } from '@fairlead/storage'
import { describe, expect, test } from 'vitest'
import { create, createHarness, failureOf, listOf, testContext, write } from '../testing/harness.ts'
import type { RegistryHarness } from '../testing/harness.ts'
import { widget } from '../testing/widget.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import type { KeptList } from './list.ts'

const names = (list: KeptList): string[] => list.items.map(({ name }) => name)

/** Widgets a to e at revisions 2 to 6; odd ones are red. */
async function five(options: { historyLimit?: number } = {}): Promise<RegistryHarness> {
  const harness = createHarness({}, options)
  for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    const color = index % 2 === 0 ? 'red' : 'blue'
    await create(harness.widgets, widget(name, { metadata: { labels: { color } }, spec: { color } }))
  }
  return harness
}

const remove = ({ widgets }: RegistryHarness, name: string): Promise<unknown> =>
  widgets.delete(testContext(), { namespace: 'ns', name }, {}, write())

describe('moments', () => {
  test.each([
    ['newest', {}, ['a', 'b', 'c', 'e'], 7],
    ['any', { resourceVersion: '0' }, ['a', 'b', 'c', 'e'], 7],
    ['any, whatever the limit', { resourceVersion: '0', limit: 2 }, ['a', 'b', 'c', 'e'], 7],
    ['not older than', { resourceVersion: '3' }, ['a', 'b', 'c', 'e'], 7],
    ['exactly', { resourceVersion: '3', resourceVersionMatch: 'Exact' }, ['a', 'b'], 3],
    ['exactly, by tradition', { resourceVersion: '6', limit: 10 }, ['a', 'b', 'c', 'd', 'e'], 6],
    [
      'not older than, with a limit',
      { resourceVersion: '6', limit: 2, resourceVersionMatch: 'NotOlderThan' },
      ['a', 'b'],
      7,
    ],
  ])('%s', async (_what, request, expected, revision) => {
    const harness = await five()
    await remove(harness, 'd')
    const list = await harness.widgets.read(listOf(request))
    expect([names(list), list.revision]).toEqual([expected, revision])
  })

  test('the revision is that of the store, not of the resource', async () => {
    const harness = await five()
    await harness.storage.transaction([], [{ type: 'put', key: '/registry/other/x', value: Buffer.from('{}') }])
    expect((await harness.widgets.read(listOf())).revision).toBe(7)
  })

  test('an exact list older than the history', async () => {
    const harness = await five()
    await harness.widgets.read(listOf())
    await harness.storage.compact(5)
    const late = createHarness({}, { storage: harness.storage })
    const failure = await failureOf(late.widgets.read(listOf({ resourceVersion: '3', resourceVersionMatch: 'Exact' })))
    expect(failure.status).toMatchObject({
      code: 410,
      reason: 'Expired',
      message: 'The resourceVersion for the provided list is too old.',
    })
  })

  test('a revision of the future is refused at once when it must be exact', async () => {
    const { widgets } = await five()
    const failure = await failureOf(widgets.read(listOf({ resourceVersion: '99', resourceVersionMatch: 'Exact' })))
    expect(failure.status).toMatchObject({ code: 504, message: 'Timeout: Too large resource version: 99, current: 6' })
    expect(failure.status.details?.retryAfterSeconds ?? 0).toBe(0)
  })

  test('otherwise the server waits three seconds for it', async () => {
    const harness = await five()
    const waiting = harness.widgets.read(listOf({ resourceVersion: '7' }))
    await remove(harness, 'a')
    expect(names(await waiting)).toEqual(['b', 'c', 'd', 'e'])
    const vain = failureOf(harness.widgets.read(listOf({ resourceVersion: '99' })))
    await new Promise((resolve) => setImmediate(resolve))
    harness.clock.advance(3000)
    expect((await vain).status).toMatchObject({
      code: 504,
      reason: 'Timeout',
      message: 'Timeout: Too large resource version: 99, current: 7',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    })
  })

  test('a resourceVersion that is no number', async () => {
    const { widgets } = await five()
    const failure = await failureOf(widgets.read(listOf({ resourceVersion: 'abc' })))
    expect([failure.code, failure.message]).toEqual([
      400,
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ])
  })
})

describe('pages', () => {
  test('all pages are read at the revision of the first', async () => {
    const harness = await five()
    const first = await harness.widgets.read(listOf({ limit: 2 }))
    expect([names(first), first.remainingItemCount]).toEqual([['a', 'b'], 3])
    await remove(harness, 'd')
    const second = await harness.widgets.read(listOf({ limit: 2, continue: first.continue }))
    expect([names(second), second.revision, second.remainingItemCount]).toEqual([['c', 'd'], 6, 1])
    const third = await harness.widgets.read(listOf({ limit: 2, continue: second.continue }))
    expect([names(third), third.revision, third.continue]).toEqual([['e'], 6, ''])
  })

  test('with selectors nobody counts what remains', async () => {
    const { widgets } = await five()
    const first = await widgets.read(listOf({ limit: 2, labels: 'color=red' }))
    expect(names(first)).toEqual(['a', 'c'])
    expect(first.remainingItemCount).toBeUndefined()
    const second = await widgets.read(listOf({ limit: 2, labels: 'color=red', continue: first.continue }))
    expect([names(second), second.continue]).toEqual([['e'], ''])
  })

  test('the last page may turn out to be empty', async () => {
    const { widgets } = await five()
    const first = await widgets.read(listOf({ limit: 2, labels: 'color=blue' }))
    expect(names(first)).toEqual(['b', 'd'])
    const second = await widgets.read(listOf({ limit: 2, labels: 'color=blue', continue: first.continue }))
    expect([names(second), second.continue]).toEqual([[], ''])
  })

  test('a page whose revision is forgotten leads on at the newest one', async () => {
    const harness = await five()
    const first = await harness.widgets.read(listOf({ limit: 2 }))
    await remove(harness, 'd')
    await harness.storage.compact(7)
    const late = createHarness({}, { storage: harness.storage })
    const failure = await failureOf(late.widgets.read(listOf({ limit: 1, continue: first.continue })))
    expect(failure.status).toMatchObject({
      code: 410,
      reason: 'Expired',
      message: expect.stringMatching(
        /^The provided continue parameter is too old to display a consistent list result\. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results\. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list\.$/,
      ),
    })
    const inconsistent = failure.status.metadata?.continue ?? ''
    const second = await late.widgets.read(listOf({ limit: 1, continue: inconsistent }))
    expect([names(second), second.revision]).toEqual([['c'], 7])
    expect(names(await late.widgets.read(listOf({ continue: second.continue })))).toEqual(['e'])
  })

  test('a resourceVersion cannot go with a token', async () => {
    const { widgets } = await five()
    const { continue: token } = await widgets.read(listOf({ limit: 2 }))
    const failure = await failureOf(widgets.read(listOf({ continue: token, resourceVersion: '6' })))
    expect([failure.code, failure.message]).toEqual([
      400,
      'specifying resource version is not allowed when using continue',
    ])
    expect(names(await widgets.read(listOf({ continue: token, resourceVersion: '0' })))).toEqual(['c', 'd', 'e'])
  })
})

describe('selectors', () => {
  test.each([
    ['labels', { labels: 'color in (blue)' }, ['b', 'd']],
    ['fields', { fields: 'spec.color=blue' }, ['b', 'd']],
    ['both', { fields: 'spec.color=red,metadata.name!=a', labels: 'color' }, ['c', 'e']],
    ['a name', { fields: 'metadata.name=c' }, ['c']],
    ['a name and a label that does not fit', { fields: 'metadata.name=c', labels: 'color=blue' }, []],
    ['a name that nobody has', { fields: 'metadata.name=x' }, []],
    [
      'a name at an old revision',
      { fields: 'metadata.name=c', resourceVersion: '3', resourceVersionMatch: 'Exact' },
      [],
    ],
    ['a namespace in the selector', { namespace: '', fields: 'metadata.namespace=ns,metadata.name=b' }, ['b']],
    ['another namespace in the selector', { fields: 'metadata.namespace=other' }, []],
    ['a namespace that starts alike', { namespace: 'n' }, []],
  ])('%s', async (_what, request, expected) => {
    const { widgets } = await five()
    expect(names(await widgets.read(listOf(request)))).toEqual(expected)
  })

  test('a list over all namespaces is in the order of their names', async () => {
    const { widgets } = createHarness()
    for (const namespace of ['b', 'a-1', 'a']) {
      await widgets.create(testContext(), widget('x'), { ...write(), namespace })
    }
    const list = await widgets.read(listOf({ namespace: '' }))
    expect(list.items.map((item) => item.namespace)).toEqual(['a-1', 'a', 'b'])
  })
})

describe('tokens', () => {
  const prefix = '/registry/widgets/ns/'
  const token = (text: string): string => Buffer.from(text).toString('base64url')

  test('have the published form', () => {
    const made = encodeContinue({ revision: 7, start: `${prefix}b\0` }, prefix)
    expect(Buffer.from(made, 'base64url').toString()).toBe(String.raw`{"v":"meta.k8s.io/v1","rv":7,"start":"b\u0000"}`)
    expect(decodeContinue(made, prefix)).toEqual({ revision: 7, start: `${prefix}b\0` })
  })

  test.each([
    ['?', ': illegal base64 data at input byte 0'],
    ['abcde', ': illegal base64 data at input byte 4'],
    [
      token('{"v":"meta.k8s.io/v1","rv":0,"start":"b"}'),
      ': incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ],
    [token('{"v":"meta.k8s.io/v1","rv":1}'), ': encoded start key empty (version meta.k8s.io/v1)'],
    [token('{"v":"v2","rv":1,"start":"b"}'), ': server does not recognize this encoded version v2'],
    [token('{"v":"meta.k8s.io/v1","rv":1,"start":"../secrets/x"}'), ': ../secrets/x'],
    [token('{"v":"meta.k8s.io/v1","rv":1,"start":"a//b"}'), ': a//b'],
    [token('nothing'), expect.stringMatching(/^: invalid character/)],
  ])('%s is refused', async (bad, detail) => {
    const refusal = await failureOf((async () => decodeContinue(bad, prefix))())
    expect(refusal.code).toBe(400)
    const beginning = 'invalid continue token: continue key is not valid'
    expect(refusal.message.startsWith(beginning)).toBe(true)
    expect(refusal.message.slice(beginning.length)).toEqual(detail)
  })
})

describe('reading one object', () => {
  const get = ({ widgets }: RegistryHarness, resourceVersion: string, name = 'a') =>
    widgets.get(testContext(), { namespace: 'ns', name }, { resourceVersion })

  test.each(['', '0', '2', '6'])('at resourceVersion "%s"', async (resourceVersion) => {
    expect((await get(await five(), resourceVersion)).revision).toBe(2)
  })

  test.each([
    ['one that does not exist', '', 'x', 404, 'widgets.example.com "x" not found'],
    [
      'a malformed resourceVersion',
      'abc',
      'a',
      500,
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    ['a name that leads elsewhere', '', '..', 400, `Name parameter invalid: "..": may not be '..'`],
    ['a name with a slash', '', 'a/b', 400, `Name parameter invalid: "a/b": may not contain '/'`],
  ])('%s', async (_what, resourceVersion, name, code, message) => {
    const failure = await failureOf(get(await five(), resourceVersion, name))
    expect([failure.code, failure.message]).toEqual([code, message])
  })

  test('the bytes are those of the cache', async () => {
    const harness = await five()
    expect((await get(harness, '')).bytes).toBe((await get(harness, '')).bytes)
  })

  test('a lost cache says so', async () => {
    const storage = createMemoryStorage()
    const harness = createHarness({}, { storage })
    await create(harness.widgets, widget('a'))
    await get(harness, '')
    await storage.close()
    const failure = await failureOf(get(harness, '0'))
    expect([failure.code, failure.message]).toEqual([429, expect.stringMatching(/^storage is \(re\)initializing/)])
  })
})
