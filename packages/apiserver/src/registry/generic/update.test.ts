import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { create, createHarness, failureOf, patch, put, record, testContext, write } from '../testing/harness.ts'
import type { RegistryHarness } from '../testing/harness.ts'
import { widget, widgetStrategy } from '../testing/widget.ts'

const key = { namespace: 'ns', name: 'a' }
const modified =
  'Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again'

async function update({ widgets }: RegistryHarness, request: ReturnType<typeof put>): Promise<JsonObject> {
  const { object } = await widgets.update(testContext(), request, write())
  return object.object()
}

describe('preconditions of a PUT', () => {
  test.each([
    ['the current resourceVersion', { resourceVersion: '2' }],
    ['no resourceVersion', {}],
    ['a resourceVersion of zero', { resourceVersion: '0' }],
  ])('%s is accepted', async (_what, metadata) => {
    const harness = createHarness()
    await create(harness.widgets, widget('a'))
    const updated = await update(harness, put('a', widget('a', { metadata, spec: { color: 'blue' } })))
    expect(updated).toMatchObject({ metadata: { resourceVersion: '3', generation: 2 }, spec: { color: 'blue' } })
  })

  const refused: readonly (readonly [string, JsonObject, number, string])[] = [
    ['an old resourceVersion', { resourceVersion: '1' }, 409, modified],
    [
      'a resourceVersion of the future',
      { resourceVersion: '99999999999999999999' },
      500,
      'strconv.ParseUint: parsing "99999999999999999999": value out of range',
    ],
    [
      'a resourceVersion that is no number',
      { resourceVersion: 'abc' },
      500,
      'strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    [
      'another uid',
      { uid: 'other' },
      409,
      'Operation cannot be fulfilled on widgets.example.com "a": StorageError: invalid object, Code: 4, Key: /registry/example.com/widgets/ns/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: 1-2-3',
    ],
    [
      'another name',
      { name: 'b' },
      422,
      'Widget.example.com "b" is invalid: metadata.name: Invalid value: "b": field is immutable',
    ],
  ]
  test.each(refused)('%s is refused', async (_what, metadata, code, message) => {
    const harness = createHarness({}, { newUid: () => '1-2-3' })
    await create(harness.widgets, widget('a'))
    const failure = await failureOf(update(harness, put('a', widget('a', { metadata }))))
    expect([failure.code, failure.message]).toEqual([code, message])
  })

  test('kinds without unconditional updates want a resourceVersion', async () => {
    const harness = createHarness({ strategy: widgetStrategy({ unconditionalUpdate: false }) })
    await create(harness.widgets, widget('a'))
    const failure = await failureOf(update(harness, put('a', widget('a'))))
    expect(failure.status).toMatchObject({
      code: 422,
      message:
        'widgets.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      details: { name: 'a', group: 'example.com', kind: 'widgets' },
    })
  })

  test('a uid of an object that is gone is a conflict, not a miss', async () => {
    const failure = await failureOf(update(createHarness(), put('a', widget('a', { metadata: { uid: 'x' } }))))
    expect(failure.code).toBe(409)
    expect(failure.message).toMatch(/UID in precondition: x, UID in object meta: $/)
  })
})

describe('what an update cannot change', () => {
  test('identity, times and generation stay, the status has its own endpoint', async () => {
    const harness = createHarness()
    const before = await create(harness.widgets, widget('a', { spec: { color: 'red' } }))
    const metadata = { creationTimestamp: '1999-01-01T00:00:00Z', generation: 40, selfLink: '/x', labels: { a: 'b' } }
    const after = await update(
      harness,
      put('a', widget('a', { metadata, spec: { color: 'red' }, status: { replicas: 3 } })),
    )
    expect(after).toEqual({
      ...before,
      metadata: { ...before.metadata, resourceVersion: '3', labels: { a: 'b' } },
    })
  })

  test('a status endpoint keeps the spec and takes metadata', async () => {
    const harness = createHarness()
    await create(harness.widgets, widget('a', { spec: { color: 'red' } }))
    const status = harness.registry.find('example.com', 'v1', 'widgets', 'status')
    const request = put(
      'a',
      widget('a', { metadata: { labels: { a: 'b' } }, spec: { color: 'blue' }, status: { replicas: 3 } }),
    )
    const result = await status?.rest.update?.(testContext(), request, write())
    expect(result?.object.object()).toMatchObject({
      metadata: { labels: { a: 'b' }, generation: 1 },
      spec: { color: 'red' },
      status: { replicas: 3 },
    })
  })

  test('finalizers cannot be added while the object is being deleted', async () => {
    const harness = createHarness()
    await create(harness.widgets, widget('a', { metadata: { finalizers: ['example.com/x'] } }))
    await harness.widgets.delete(testContext(), key, {}, write())
    const metadata = { finalizers: ['example.com/x', 'example.com/y'] }
    const failure = await failureOf(update(harness, put('a', widget('a', { metadata }))))
    expect(failure.message).toBe(
      'Widget.example.com "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/y"}',
    )
  })
})

describe('updates that change nothing', () => {
  const same: readonly (readonly [string, JsonObject])[] = [
    ['the same object', { metadata: { labels: { a: '1', b: '2' } }, spec: { color: 'red', size: 4 } }],
    ['another order of keys', { spec: { size: 4, color: 'red' }, metadata: { labels: { b: '2', a: '1' } } }],
    [
      'empty metadata',
      { metadata: { labels: { a: '1', b: '2' }, annotations: {}, finalizers: [] }, spec: { color: 'red', size: 4 } },
    ],
  ]
  test.each(same)('%s: no revision, no event', async (_what, parts) => {
    const harness = createHarness()
    const metadata = { labels: { a: '1', b: '2' } }
    await create(harness.widgets, widget('a', { metadata, spec: { color: 'red', size: 4 } }))
    const watch = await record(harness.widgets, { resourceVersion: '2' })
    const after = await update(harness, put('a', widget('a', parts)))
    expect(after).toMatchObject({ metadata: { resourceVersion: '2' } })
    expect(await harness.storage.currentRevision()).toBe(2)
    expect(watch.texts()).toEqual([])
  })
})

describe('objects that do not exist', () => {
  test.each([
    ['PUT', put('a', widget('a'))],
    ['PATCH', patch('a', () => undefined)],
  ])('%s is a miss', async (_verb, request) => {
    const failure = await failureOf(update(createHarness(), request))
    expect([failure.code, failure.message]).toEqual([404, 'widgets.example.com "a" not found'])
  })

  test('create on update makes a new object, whatever its resourceVersion says', async () => {
    const { widgets } = createHarness()
    const order: string[] = []
    const request = put('a', widget('a', { metadata: { resourceVersion: '77' } }), true)
    const result = await widgets.update(testContext(), request, {
      dryRun: false,
      admit: {
        mutate: async ({ operation, oldObject }) => void order.push(`mutate ${operation} ${oldObject === undefined}`),
        validate: async ({ operation }) => void order.push(`validate ${operation}`),
      },
    })
    expect(result.created).toBe(true)
    expect(result.object.object().metadata).toMatchObject({
      resourceVersion: '2',
      generation: 1,
      uid: expect.any(String),
    })
    expect(order).toEqual(['mutate CREATE true', 'validate CREATE'])
  })

  test('a subresource never creates', async () => {
    const { registry } = createHarness({ strategy: widgetStrategy({ createOnUpdate: true }) })
    const status = registry.find('example.com', 'v1', 'widgets', 'status')
    const failure = await failureOf(
      Promise.resolve(status?.rest.update?.(testContext(), put('a', widget('a'), true), write())),
    )
    expect(failure.code).toBe(404)
  })
})

describe('concurrent writers', () => {
  test('an update without a resourceVersion is repeated on what somebody else wrote', async () => {
    const harness = createHarness()
    await create(harness.widgets, widget('a', { spec: { color: 'red' } }))
    let disturbances = 2
    const seen: (string | undefined)[] = []
    const request = patch('a', (object) => {
      object.metadata.annotations = { patched: 'yes' }
    })
    const result = await harness.widgets.update(testContext(), request, {
      dryRun: false,
      admit: {
        mutate: async ({ oldObject }) => {
          seen.push(oldObject?.metadata.resourceVersion)
          if (disturbances-- <= 0) return
          await update(
            harness,
            patch('a', (object) => (object.metadata.labels = { n: String(disturbances) })),
          )
        },
        validate: async () => undefined,
      },
    })
    expect(seen).toEqual(['2', '3', '4'])
    expect(result.object.object().metadata).toMatchObject({ labels: { n: '0' }, annotations: { patched: 'yes' } })
  })

  test('an update with a resourceVersion is refused when it comes too late', async () => {
    const harness = createHarness()
    await create(harness.widgets, widget('a'))
    const request = put('a', widget('a', { metadata: { resourceVersion: '2' }, spec: { color: 'blue' } }))
    const late = harness.widgets.update(testContext(), request, {
      dryRun: false,
      admit: {
        mutate: async () =>
          void (await update(
            harness,
            patch('a', (object) => (object.metadata.labels = { a: 'b' })),
          )),
        validate: async () => undefined,
      },
    })
    const failure = await failureOf(late)
    expect([failure.code, failure.message]).toEqual([409, modified])
  })
})

describe('the last finalizer', () => {
  const removeFinalizers = patch('a', (object) => {
    delete object.metadata.finalizers
    object['spec'] = { color: 'blue' }
  })

  test('removing it removes an object that is being deleted, and answers with what was sent', async () => {
    const harness = createHarness()
    await create(harness.widgets, widget('a', { metadata: { finalizers: ['example.com/x'] }, spec: { color: 'red' } }))
    await harness.widgets.delete(testContext(), key, {}, write())
    const watch = await record(harness.widgets, { resourceVersion: '3' })
    const result = await harness.widgets.update(testContext(), removeFinalizers, write())
    expect(result.object.object()).toMatchObject({ metadata: { resourceVersion: '3' }, spec: { color: 'blue' } })
    expect(await harness.widgets.find(key)).toBeUndefined()
    expect(watch.texts()).toEqual(['DELETED a@4'])
  })

  test('removing it from an object that is not being deleted is an update', async () => {
    const harness = createHarness()
    await create(harness.widgets, widget('a', { metadata: { finalizers: ['example.com/x'] } }))
    await harness.widgets.update(testContext(), removeFinalizers, write())
    expect(await harness.widgets.find(key)).toBeDefined()
  })

  test('removing it during a grace period leaves the object to its time', async () => {
    const harness = createHarness({ strategy: widgetStrategy({ gracePeriod: () => 30 }) })
    await create(harness.widgets, widget('a', { metadata: { finalizers: ['example.com/x'] } }))
    await harness.widgets.delete(testContext(), key, {}, write())
    await harness.widgets.update(testContext(), removeFinalizers, write())
    expect(await harness.widgets.find(key)).toMatchObject({ revision: 4 })
  })

  test('finalizers of the spec keep the object as well', async () => {
    const strategy = widgetStrategy({
      extraFinalizers: (object) => ((object['spec'] as JsonObject)['finalizers'] ?? []) as string[],
    })
    const harness = createHarness({ strategy })
    await create(harness.widgets, widget('a', { spec: { finalizers: ['widgets'] } }))
    await harness.widgets.delete(testContext(), key, {}, write())
    await update(
      harness,
      patch('a', (object) => (object.metadata.labels = { a: 'b' })),
    )
    expect(await harness.widgets.find(key)).toBeDefined()
    await update(
      harness,
      patch('a', (object) => (object['spec'] = {})),
    )
    expect(await harness.widgets.find(key)).toBeUndefined()
  })
})

test('a dry run answers with the object at its old revision', async () => {
  const harness = createHarness()
  await create(harness.widgets, widget('a'))
  const request = put('a', widget('a', { spec: { color: 'blue' } }))
  const { object } = await harness.widgets.update(testContext(), request, write({ dryRun: true }))
  expect(object.object()).toMatchObject({ metadata: { resourceVersion: '2', generation: 2 }, spec: { color: 'blue' } })
  expect(await harness.storage.currentRevision()).toBe(2)
})
