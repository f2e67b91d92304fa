import type { JsonObject } from '@fairlead/apimachinery'
import type { ResourceStrategy } from '@fairlead/openapi'
import { describe, expect, test } from 'vitest'
import type { DeleteRequest, DeleteResult } from '../rest/capabilities.ts'
import { create, createHarness, failureOf, listOf, record, testContext, write } from '../testing/harness.ts'
import type { RegistryHarness } from '../testing/harness.ts'
import { widget, widgetStrategy } from '../testing/widget.ts'

const key = { namespace: 'ns', name: 'a' }

function remove({ widgets }: RegistryHarness, options: DeleteRequest = {}, dryRun = false): Promise<DeleteResult> {
  return widgets.delete(testContext(), key, options, write({ dryRun }))
}

async function harnessWith(parts: JsonObject, strategy: Partial<ResourceStrategy> = {}): Promise<RegistryHarness> {
  const harness = createHarness({ strategy: widgetStrategy(strategy) }, { newUid: () => 'u-1' })
  await create(harness.widgets, widget('a', parts))
  return harness
}

describe('objects without finalizers', () => {
  test('are gone at once, with their last state at the revision of the deletion', async () => {
    const harness = await harnessWith({ spec: { color: 'red' } })
    const watch = await record(harness.widgets, { resourceVersion: '2' })
    const { object, gone } = await remove(harness)
    expect(gone).toBe(true)
    expect(object.object()).toMatchObject({ metadata: { resourceVersion: '3', generation: 1 }, spec: { color: 'red' } })
    expect(watch.texts()).toEqual(['DELETED a@3'])
    expect((await failureOf(remove(harness))).message).toBe('widgets.example.com "a" not found')
  })
})

describe('finalizers', () => {
  test('keep the object, which is marked once', async () => {
    const harness = await harnessWith({ metadata: { finalizers: ['example.com/x'] } })
    const watch = await record(harness.widgets, { resourceVersion: '2' })
    const { object, gone } = await remove(harness)
    expect(gone).toBe(false)
    expect(object.object().metadata).toMatchObject({
      resourceVersion: '3',
      generation: 2,
      deletionTimestamp: '2023-11-14T22:13:20Z',
      deletionGracePeriodSeconds: 0,
      finalizers: ['example.com/x'],
    })
    harness.clock.advance(5000)
    const again = await remove(harness)
    expect([again.gone, again.object.revision]).toEqual([false, 3])
    expect(watch.texts()).toEqual(['MODIFIED a@3'])
  })

  type Case = readonly [
    string,
    readonly string[],
    DeleteRequest,
    ResourceStrategy['garbageCollection'],
    readonly string[],
  ]
  const cases: readonly Case[] = [
    ['background', [], { propagationPolicy: 'Background' }, 'Orphan', []],
    ['foreground', [], { propagationPolicy: 'Foreground' }, 'Background', ['foregroundDeletion']],
    ['orphan', [], { propagationPolicy: 'Orphan' }, 'Background', ['orphan']],
    ['orphanDependents', [], { orphanDependents: true }, 'Background', ['orphan']],
    ['no orphanDependents', ['orphan'], { orphanDependents: false }, 'Orphan', []],
    ['the default of the kind', [], {}, 'Orphan', ['orphan']],
    ['a finalizer wins over the default', ['foregroundDeletion'], {}, 'Orphan', ['foregroundDeletion']],
    [
      'options win over a finalizer',
      ['foregroundDeletion', 'example.com/x'],
      { propagationPolicy: 'Orphan' },
      'Background',
      ['example.com/x', 'orphan'],
    ],
    ['kinds that the collector leaves alone', [], { propagationPolicy: 'Foreground' }, 'Unsupported', []],
  ]
  test.each(cases)('%s', async (_what, finalizers, options, garbageCollection, expected) => {
    const harness = await harnessWith({ metadata: { finalizers: [...finalizers] } }, { garbageCollection })
    const { object, gone } = await remove(harness, options)
    expect(gone).toBe(expected.length === 0)
    if (!gone) expect(object.object().metadata.finalizers).toEqual(expected)
  })
})

describe('grace periods', () => {
  const graceful: Partial<ResourceStrategy> = {
    gracePeriod: (object, requested) => requested ?? Number((object['spec'] as JsonObject)['grace'] ?? 0),
  }

  test.each([
    ['the period of the object', {}, 30, '2023-11-14T22:13:50Z'],
    ['the period asked for', { gracePeriodSeconds: 5 }, 5, '2023-11-14T22:13:25Z'],
    ['a negative period', { gracePeriodSeconds: -3 }, 1, '2023-11-14T22:13:21Z'],
  ])('%s', async (_what, options, seconds, due) => {
    const harness = await harnessWith({ spec: { grace: 30 } }, graceful)
    const { object, gone } = await remove(harness, options)
    expect(gone).toBe(false)
    expect(object.object().metadata).toMatchObject({
      deletionTimestamp: due,
      deletionGracePeriodSeconds: seconds,
      generation: 2,
    })
  })

  test('a period of zero is stored before the object goes', async () => {
    const harness = await harnessWith({ spec: { grace: 30 } }, graceful)
    const watch = await record(harness.widgets, { resourceVersion: '2' })
    const { object, gone } = await remove(harness, { gracePeriodSeconds: 0 })
    expect([gone, object.revision]).toEqual([true, 4])
    expect(watch.texts()).toEqual(['MODIFIED a@3', 'DELETED a@4'])
  })

  test.each([
    ['a longer one changes nothing', 0, { gracePeriodSeconds: 40 }, '2023-11-14T22:13:50Z', 30],
    ['none changes nothing', 0, {}, '2023-11-14T22:13:50Z', 30],
    ['a shorter one moves the end forward', 2000, { gracePeriodSeconds: 10 }, '2023-11-14T22:13:30Z', 10],
    ['but not into the past', 20_000, { gracePeriodSeconds: 10 }, '2023-11-14T22:13:40Z', 1],
  ])('a second deletion: %s', async (_what, later, options, due, seconds) => {
    const harness = await harnessWith({ spec: { grace: 30 } }, graceful)
    await remove(harness)
    harness.clock.advance(later)
    const { object, gone } = await remove(harness, options)
    expect(gone).toBe(false)
    expect(object.object().metadata).toMatchObject({
      deletionTimestamp: due,
      deletionGracePeriodSeconds: seconds,
      generation: 2,
    })
  })

  test('a second deletion with a period of zero ends it', async () => {
    const harness = await harnessWith({ spec: { grace: 30 } }, graceful)
    await remove(harness)
    expect((await remove(harness, { gracePeriodSeconds: 0 })).gone).toBe(true)
    expect(await harness.widgets.find(key)).toBeUndefined()
  })
})

describe('preconditions', () => {
  test.each([[{ uid: 'u-1' }], [{ resourceVersion: '2' }], [{ uid: 'u-1', resourceVersion: '2' }]])(
    '%j holds',
    async (preconditions) => {
      expect((await remove(await harnessWith({}), { preconditions })).gone).toBe(true)
    },
  )

  test.each([
    [
      { uid: 'u-2' },
      'the UID in the precondition (u-2) does not match the UID in record (u-1). The object might have been deleted and then recreated',
    ],
    [
      { resourceVersion: '1' },
      'the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (2). The object might have been modified',
    ],
  ])('%j does not hold', async (preconditions, detail) => {
    const failure = await failureOf(remove(await harnessWith({}), { preconditions }))
    expect(failure.status).toMatchObject({
      code: 409,
      message: `Operation cannot be fulfilled on Widget.example.com "a": ${detail}`,
      details: { name: 'a', group: 'example.com', kind: 'Widget' },
    })
  })
})

describe('deletion in phases', () => {
  const phased: Partial<ResourceStrategy> = {
    extraFinalizers: (object) => ((object['spec'] as JsonObject)['finalizers'] ?? []) as string[],
    prepareForDelete: (object) => {
      object['status'] = { phase: 'Terminating' }
    },
  }

  test('the first one marks, later ones wait for the finalizers of the spec', async () => {
    const harness = await harnessWith({ spec: { finalizers: ['widgets'] } }, phased)
    const first = await remove(harness)
    expect(first.gone).toBe(false)
    expect(first.object.object()).toMatchObject({
      metadata: { resourceVersion: '3', generation: 1, deletionTimestamp: '2023-11-14T22:13:20Z' },
      status: { phase: 'Terminating' },
    })
    expect(first.object.object().metadata.deletionGracePeriodSeconds).toBeUndefined()
    expect(await remove(harness)).toMatchObject({ gone: false, object: { revision: 3 } })
  })

  test('without finalizers the second one removes', async () => {
    const harness = await harnessWith({ spec: {} }, phased)
    expect((await remove(harness)).gone).toBe(false)
    expect((await remove(harness)).gone).toBe(true)
  })

  test('preconditions have texts of their own', async () => {
    const harness = await harnessWith({ spec: {} }, phased)
    const failure = await failureOf(remove(harness, { preconditions: { uid: 'x' } }))
    expect(failure.message).toBe(
      'Operation cannot be fulfilled on widgets.example.com "a": Precondition failed: UID in precondition: x, UID in object meta: u-1',
    )
  })
})

test('admission sees the object once, and nothing when nothing happens', async () => {
  const harness = await harnessWith({ metadata: { finalizers: ['example.com/x'] } })
  const seen: string[] = []
  const options = write({
    admit: {
      mutate: async ({ operation, name, object, oldObject }) =>
        void seen.push(`mutate ${operation} ${name} ${object === undefined} ${oldObject?.metadata.name}`),
      validate: async ({ operation }) => void seen.push(`validate ${operation}`),
    },
  })
  await harness.widgets.delete(testContext(), key, {}, options)
  expect(seen).toEqual(['mutate DELETE a true a', 'validate DELETE'])
})

test('the kind may warn of what a deletion leaves behind', async () => {
  const warningsOnDelete: ResourceStrategy['warningsOnDelete'] = ({ propagationPolicy }) =>
    propagationPolicy === undefined ? ['something stays behind'] : []
  const { widgets } = await harnessWith({}, { warningsOnDelete })
  const [told, silent] = [testContext(), testContext()]
  await widgets.deleteCollection(silent, listOf(), { propagationPolicy: 'Background' }, write({ dryRun: true }))
  await widgets.deleteCollection(told, listOf(), {}, write({ dryRun: true }))
  await widgets.delete(told, key, {}, write())
  expect([silent.warnings.texts, told.warnings.texts]).toEqual([[], ['something stays behind']])
})

describe('dry run', () => {
  test.each([
    ['an object that would go', {}, true],
    ['an object that finalizers would keep', { metadata: { finalizers: ['example.com/x'] } }, false],
  ])('%s', async (_what, parts, gone) => {
    const harness = await harnessWith(parts)
    const result = await remove(harness, {}, true)
    expect(result.gone).toBe(gone)
    expect(await harness.storage.currentRevision()).toBe(2)
    expect(result.object.object().metadata.deletionTimestamp !== undefined).toBe(!gone)
  })
})

describe('collections', () => {
  async function collection(workers = 1): Promise<RegistryHarness> {
    const harness = createHarness({}, { deleteCollectionWorkers: workers })
    for (const name of ['a', 'b', 'c']) {
      const labels = { half: name === 'c' ? 'second' : 'first' }
      await create(harness.widgets, widget(name, { metadata: { labels } }))
    }
    return harness
  }
  const names = (items: readonly { object(): { metadata: { name?: string } } }[]): (string | undefined)[] =>
    items.map((item) => item.object().metadata.name)

  test('what is selected goes; the answer is the list as it was', async () => {
    const { widgets } = await collection()
    const deleted = await widgets.deleteCollection(testContext(), listOf({ labels: 'half=first' }), {}, write())
    expect(names(deleted.items)).toEqual(['a', 'b'])
    expect(deleted.revision).toBe(4)
    expect(deleted.items[0]?.revision).toBe(2)
    expect(names((await widgets.read(listOf())).items)).toEqual(['c'])
  })

  test('a limit deletes one page', async () => {
    const { widgets } = await collection()
    const deleted = await widgets.deleteCollection(testContext(), listOf({ limit: 2 }), {}, write())
    expect(names(deleted.items)).toEqual(['a', 'b'])
    expect(deleted.continue).not.toBe('')
    expect(names((await widgets.read(listOf())).items)).toEqual(['c'])
  })

  test.each([
    [1, 1],
    [2, 2],
    [16, 3],
  ])('with %i workers %i objects are deleted at a time', async (workers, expected) => {
    const { widgets } = await collection(workers)
    let running = 0
    let most = 0
    const validate = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    }
    const admit = { mutate: async () => undefined, validate }
    const deleted = await widgets.deleteCollection(testContext(), listOf(), {}, write({ admit }))
    expect(names(deleted.items)).toEqual(['a', 'b', 'c'])
    expect((await widgets.read(listOf())).items).toEqual([])
    expect(most).toBe(expected)
  })

  test('the first failure ends it; admission is told no name', async () => {
    const { widgets } = await collection()
    const admitted: string[] = []
    const refusal = widgets.deleteCollection(
      testContext(),
      listOf(),
      {},
      write({
        admit: {
          mutate: async () => undefined,
          validate: async ({ name, oldObject }) => {
            admitted.push(`"${name}" ${oldObject?.metadata.name}`)
            if (oldObject?.metadata.name === 'b') throw new Error('no')
          },
        },
      }),
    )
    await expect(refusal).rejects.toThrow('no')
    expect(admitted).toEqual(['"" a', '"" b'])
    expect(names((await widgets.read(listOf())).items)).toEqual(['b', 'c'])
  })
})
