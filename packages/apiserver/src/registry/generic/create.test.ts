import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { createMemoryStorage, ValueTooLargeError } from '@fairlead/storage'
import type { Storage } from '@fairlead/storage'
import { describe, expect, test } from 'vitest'
import { create, createHarness, failureOf, testContext, write } from '../testing/harness.ts'
import { widget, widgetStrategy } from '../testing/widget.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('what the server says of a new object', () => {
  test('identity, time, generation and revision', async () => {
    const { widgets } = createHarness()
    const created = await create(widgets, widget('a', { spec: { color: 'red' } }))
    expect(created).toEqual({
      kind: 'Widget',
      apiVersion: 'example.com/v1',
      metadata: {
        resourceVersion: '2',
        name: 'a',
        namespace: 'ns',
        uid: expect.stringMatching(uuid),
        generation: 1,
        creationTimestamp: '2023-11-14T22:13:20Z',
      },
      spec: { color: 'red' },
    })
  })

  const claims: readonly (readonly [string, JsonObject])[] = [
    ['uid', { uid: 'mine' }],
    ['creationTimestamp', { creationTimestamp: '2001-01-01T00:00:00Z' }],
    ['deletionTimestamp', { deletionTimestamp: '2001-01-01T00:00:00Z' }],
    ['deletionGracePeriodSeconds', { deletionGracePeriodSeconds: 7 }],
    ['selfLink', { selfLink: '/me' }],
    ['managedFields', { managedFields: [{ manager: 'me', operation: 'Update' }] }],
  ]
  test.each(claims)('a claim about %s is dropped', async (field, metadata) => {
    const { widgets } = createHarness()
    const created = await create(widgets, widget('a', { metadata }))
    expect(created.metadata[field]).not.toEqual(metadata[field])
  })

  test('bytes begin with kind, apiVersion and the resourceVersion', async () => {
    const { widgets } = createHarness()
    const object = await widgets.create(testContext(), widget('a'), { ...write(), namespace: 'ns' })
    expect(Buffer.from(object.bytes).toString()).toMatch(
      /^\{"kind":"Widget","apiVersion":"example\.com\/v1","metadata":\{"resourceVersion":"2","name":"a","namespace":"ns",/,
    )
  })
})

describe('names and namespaces', () => {
  const refused: readonly (readonly [string, KubeObject, number, string])[] = [
    [
      'no name',
      widget('', { metadata: { name: '' } }),
      422,
      'Widget.example.com "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'another namespace',
      widget('a', { metadata: { namespace: 'other' } }),
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'a resourceVersion',
      widget('a', { metadata: { resourceVersion: '5' } }),
      500,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'problems of the metadata before those of the kind',
      widget('A', { spec: { color: 'invisible' } }),
      422,
      `Widget.example.com "A" is invalid: [metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), spec.color: Unsupported value: "invisible": supported values: "red", "blue"]`,
    ],
  ]
  test.each(refused)('%s is refused', async (_what, object, code, message) => {
    const { widgets } = createHarness()
    const failure = await failureOf(create(widgets, object))
    expect([failure.code, failure.message]).toEqual([code, message])
  })

  test.each([
    ['a/b', "may not contain '/'"],
    ['a%b', "may not contain '%'"],
    ['..', "may not be '..'"],
  ])('a kind that takes any name cannot be called %s', async (name, problem) => {
    const { widgets } = createHarness({ strategy: widgetStrategy({ validateName: () => [] }) })
    const failure = await failureOf(create(widgets, widget(name)))
    expect(failure.message).toBe(
      `Widget.example.com "${name}" is invalid: metadata.name: Invalid value: "${name}": ${problem}`,
    )
  })

  test.each(['', '0', 'abc'])('a resourceVersion of "%s" is no resourceVersion', async (resourceVersion) => {
    const { widgets } = createHarness()
    const created = await create(widgets, widget('a', { metadata: { resourceVersion } }))
    expect(created.metadata.resourceVersion).toBe('2')
  })

  test('a cluster-scoped object loses its namespace', async () => {
    const { widgets } = createHarness({ namespaced: false })
    const object = widget('a', { metadata: { namespace: 'other' } })
    const created = await widgets.create(testContext(), object, { ...write(), namespace: '' })
    expect(created.object().metadata.namespace).toBeUndefined()
  })

  test('a name that is taken', async () => {
    const { widgets } = createHarness()
    await create(widgets, widget('a'))
    const failure = await failureOf(create(widgets, widget('a')))
    expect(failure.status).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'widgets.example.com "a" already exists',
      details: { name: 'a', group: 'example.com', kind: 'widgets' },
    })
  })

  test('a name that is taken by an object that is being deleted', async () => {
    const { widgets } = createHarness()
    await create(widgets, widget('a', { metadata: { finalizers: ['example.com/wait'] } }))
    await widgets.delete(testContext(), { namespace: 'ns', name: 'a' }, {}, write())
    const failure = await failureOf(create(widgets, widget('a')))
    expect(failure.message).toBe('object is being deleted: widgets.example.com "a" already exists')
    expect(failure.code).toBe(409)
  })
})

describe('generated names', () => {
  const unnamed = (): KubeObject => {
    const { metadata, ...rest } = widget('x', { metadata: { generateName: 'web-' } })
    delete metadata.name
    return { ...rest, metadata } as KubeObject
  }

  test('a suffix of five characters', async () => {
    const { widgets } = createHarness()
    const created = await create(widgets, unnamed())
    expect(created.metadata.name).toBe('web-bbbbb')
    expect(created.metadata.generateName).toBe('web-')
  })

  test('eight names are tried, each for a new object', async () => {
    let draws = 0
    const { widgets } = createHarness({}, { random: () => (draws++ < 7 * 5 ? 0 : 0.5) })
    await create(widgets, widget('web-bbbbb'))
    const created = await create(widgets, unnamed())
    expect(draws).toBe(8 * 5)
    expect(created.metadata.name).not.toBe('web-bbbbb')
  })

  test('then the server gives up', async () => {
    let draws = 0
    const { widgets } = createHarness({}, { random: () => draws++ * 0 })
    await create(widgets, widget('web-bbbbb'))
    const failure = await failureOf(create(widgets, unnamed()))
    expect(draws).toBe(8 * 5)
    expect(failure.status).toMatchObject({
      code: 409,
      message:
        'widgets.example.com "web-bbbbb" already exists, the server was not able to generate a unique name for the object',
      details: { retryAfterSeconds: 1 },
    })
  })
})

describe('admission and warnings', () => {
  test('mutation comes before the strategy, validating admission after validation', async () => {
    const order: string[] = []
    const { widgets } = createHarness({
      strategy: widgetStrategy({
        prepareForCreate: () => order.push('prepare'),
        validateCreate: () => {
          order.push('validate')
          return []
        },
        warningsOnCreate: () => {
          order.push('warn')
          return ['mind the gap']
        },
      }),
    })
    const context = testContext()
    const object = await widgets.create(context, widget('a'), {
      namespace: 'ns',
      dryRun: false,
      admit: {
        mutate: async ({ operation, name, object: subject }) => {
          order.push(`mutate ${operation} ${name}`)
          if (subject !== undefined) subject.metadata.labels = { by: 'admission' }
        },
        validate: async ({ object: subject }) => {
          order.push(`admit ${subject?.metadata.labels?.['by']}`)
        },
      },
    })
    expect(order).toEqual(['mutate CREATE a', 'prepare', 'validate', 'warn', 'admit admission'])
    expect(context.warnings.texts).toEqual(['mind the gap'])
    expect(object.labels).toEqual({ by: 'admission' })
  })
})

describe('dry run', () => {
  test('everything happens but the write', async () => {
    const { widgets, storage } = createHarness()
    const before = await storage.currentRevision()
    const object = await widgets.create(testContext(), widget('a'), { ...write({ dryRun: true }), namespace: 'ns' })
    expect(object.object().metadata).toMatchObject({ name: 'a', uid: expect.stringMatching(uuid) })
    expect(object.object().metadata.resourceVersion).toBeUndefined()
    expect(await storage.currentRevision()).toBe(before)
    expect(await widgets.find({ namespace: 'ns', name: 'a' })).toBeUndefined()
  })

  test('a name that is taken is refused', async () => {
    const { widgets } = createHarness()
    await create(widgets, widget('a'))
    const again = widgets.create(testContext(), widget('a'), { ...write({ dryRun: true }), namespace: 'ns' })
    expect((await failureOf(again)).reason).toBe('AlreadyExists')
  })
})

describe('objects that are too large for the store', () => {
  const limited = (limit: number): Storage => {
    const storage = createMemoryStorage()
    return {
      ...storage,
      async transaction(expected, writes) {
        for (const entry of writes) {
          if (entry.type === 'put' && entry.value.byteLength > limit)
            throw new ValueTooLargeError(entry.value.byteLength)
        }
        return storage.transaction(expected, writes)
      },
    }
  }

  test('managedFields are given up first', async () => {
    const manageFields = ({ next }: { next: KubeObject }): void => {
      next.metadata['managedFields'] = [{ manager: 'm'.repeat(128), operation: 'Update', fieldsType: 'FieldsV1' }]
    }
    const { widgets } = createHarness({}, { storage: limited(300), manageFields })
    const created = await create(widgets, widget('a'))
    expect(created.metadata['managedFields']).toBeUndefined()
  })

  test.each([
    [1000, 'etcdserver: request is too large'],
    [
      3_000_000,
      /^rpc error: code = ResourceExhausted desc = trying to send message larger than max \(30\d+ vs\. 2097152\)$/,
    ],
  ])('%d bytes', async (size, message) => {
    const { widgets } = createHarness({}, { storage: limited(300) })
    const failure = await failureOf(create(widgets, widget('a', { spec: { text: 'x'.repeat(size) } })))
    expect([failure.code, failure.reason]).toEqual([500, ''])
    expect(failure.message).toMatch(message)
  })
})
