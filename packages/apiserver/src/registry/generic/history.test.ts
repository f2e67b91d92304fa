import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WatchEvent } from '../rest/capabilities.ts'
import { create, createHarness, listOf, patch, record, testContext, write } from '../testing/harness.ts'
import type { RegistryHarness } from '../testing/harness.ts'
import { widget } from '../testing/widget.ts'
import type { JsonObject } from '@fairlead/apimachinery'

type Step = readonly ['create' | 'paint' | 'delete', string, string]

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('create', 'paint', 'delete'),
  fc.constantFrom('a', 'b', 'c', 'ab'),
  fc.constantFrom('red', 'blue'),
)
const selectors = [{}, { labels: 'color=red' }, { fields: 'spec.color=blue' }, { fields: 'metadata.name=a' }] as const

async function take({ widgets }: RegistryHarness, [action, name, color]: Step): Promise<void> {
  const key = { namespace: 'ns', name }
  const exists = (await widgets.find(key)) !== undefined
  const parts = { metadata: { labels: { color } }, spec: { color } }
  if (action === 'create' && !exists) await create(widgets, widget(name, parts))
  if (action === 'delete' && exists) await widgets.delete(testContext(), key, {}, write())
  if (action !== 'paint' || !exists) return
  const request = patch(name, (object) => {
    object.metadata.labels = { color }
    object['spec'] = { color }
  })
  await widgets.update(testContext(), request, write())
}

/** What a client knows after a list and the events of a watch from there. */
function replay(state: Map<string, string>, events: readonly WatchEvent[]): Map<string, string> {
  let last = 0
  for (const event of events) {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') throw new Error(`unexpected ${event.type}`)
    const { name, revision } = { name: String(event.object.object().metadata.name), revision: event.object.revision }
    expect(revision).toBeGreaterThan(last)
    last = revision
    expect(state.has(name)).toBe(event.type !== 'ADDED')
    if (event.type === 'DELETED') state.delete(name)
    else state.set(name, Buffer.from(event.object.bytes).toString())
  }
  return state
}

async function snapshot({ widgets }: RegistryHarness, selector: object, at?: number): Promise<Map<string, string>> {
  const exact = at === undefined ? {} : { resourceVersion: String(at), resourceVersionMatch: 'Exact' }
  const { items } = await widgets.read(listOf({ ...selector, ...exact }))
  return new Map(items.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]))
}

test('a list and a watch from its revision give every later list', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.array(step, { maxLength: 12 }),
      fc.constantFrom(...selectors),
      async (before, after, selector) => {
        const harness = createHarness()
        for (const taken of before) await take(harness, taken)
        const { revision } = await harness.widgets.read(listOf(selector))
        const state = await snapshot(harness, selector)
        const live = await record(harness.widgets, { resourceVersion: String(revision), ...selector })
        for (const taken of after) await take(harness, taken)
        const late = await record(harness.widgets, { resourceVersion: String(revision), ...selector })
        const expected = await snapshot(harness, selector)
        expect(replay(new Map(state), live.events)).toEqual(expected)
        expect(late.texts()).toEqual(live.texts())
        expect(await snapshot(harness, selector, revision)).toEqual(state)
      },
    ),
    { numRuns: 150 },
  )
})

test('pages together are the list', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.stringMatching(/^[a-c]{1,3}$/), { maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom(...selectors),
      async (names, limit, selector) => {
        const harness = createHarness()
        for (const [index, name] of names.entries()) await take(harness, ['create', name, index % 2 ? 'red' : 'blue'])
        const whole = await harness.widgets.read(listOf(selector))
        const paged: string[] = []
        let token = ''
        do {
          const page = await harness.widgets.read(listOf({ ...selector, limit, continue: token }))
          expect(page.items.length).toBeLessThanOrEqual(limit)
          paged.push(...page.items.map(({ name }) => name))
          token = page.continue
        } while (token !== '')
        expect(paged).toEqual(whole.items.map(({ name }) => name))
        expect(paged).toEqual(paged.toSorted())
      },
    ),
    { numRuns: 100 },
  )
})

test('concurrent updates lose nothing', async () => {
  const countOf = (object: JsonObject): number => Number((object['spec'] as JsonObject)['count'])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), async (pauses) => {
      const harness = createHarness()
      await create(harness.widgets, widget('a', { spec: { count: 0 } }))
      const admit = (pause: number) => ({
        mutate: async () => {
          for (let left = pause; left > 0; left--) await Promise.resolve()
        },
        validate: async () => undefined,
      })
      const increment = patch('a', (object) => {
        object['spec'] = { count: countOf(object) + 1 }
      })
      await Promise.all(
        pauses.map((pause) => harness.widgets.update(testContext(), increment, write({ admit: admit(pause) }))),
      )
      const final = await harness.widgets.find({ namespace: 'ns', name: 'a' })
      expect(final && countOf(final.object())).toBe(pauses.length)
      expect(final?.object().metadata.generation).toBe(pauses.length + 1)
    }),
    { numRuns: 60 },
  )
})
