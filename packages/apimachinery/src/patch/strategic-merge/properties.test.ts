import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isJsonObject } from '../../json/objects.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import { applyStrategicMergePatch } from './apply.ts'
import { thing } from './testing/thing.ts'

const text = fc.constantFrom('', 'a', 'b', 'c')
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 })
const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 5 })
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

/** Things without directives; with nulls they are patches, without they are objects. */
function things(depth: number, nulls: boolean): fc.Arbitrary<JsonObject> {
  const orNull = (value: fc.Arbitrary<JsonValue>) => maybe(nulls ? fc.option(value) : value)
  const inner = depth === 0 ? undefined : things(depth - 1, nulls)
  // What is replaced, and items that are new to a list, keep the nulls within.
  const content = depth === 0 ? undefined : things(depth - 1, false)
  const keyed =
    content && names.chain((keys) => fc.tuple(...keys.map((name) => content.map((item) => ({ ...item, name })))))
  return fc
    .record({
      value: orNull(text),
      other: orNull(text),
      numbers: orNull(numbers),
      otherNumbers: orNull(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 })),
      labels: orNull(fc.dictionary(text, nulls ? fc.option(text) : text, { maxKeys: 3 })),
      ...(inner && content && keyed
        ? {
            nested: orNull(inner),
            things: orNull(keyed),
            replaced: orNull(content),
            otherThings: orNull(fc.array(content, { maxLength: 2 })),
          }
        : {}),
    })
    .map(
      (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject,
    )
}

const objects = things(2, false)
const patches = things(2, true)

test('a patch of nothing changes nothing', () => {
  fc.assert(
    fc.property(objects, (object) => {
      expect(applyStrategicMergePatch(object, {}, thing)).toEqual(object)
    }),
  )
})

test('an object is a patch that changes nothing of itself', () => {
  fc.assert(
    fc.property(objects, (object) => {
      expect(applyStrategicMergePatch(object, object, thing)).toEqual(object)
    }),
  )
})

test('a patch without directives applied again changes nothing', () => {
  fc.assert(
    fc.property(objects, patches, (object, patch) => {
      const once = applyStrategicMergePatch(object, patch, thing)
      expect(applyStrategicMergePatch(once, patch, thing)).toEqual(once)
    }),
  )
})

test('$patch: replace yields exactly what it holds', () => {
  fc.assert(
    fc.property(objects, objects, (object, content) => {
      expect(applyStrategicMergePatch(object, { ...content, $patch: 'replace' }, thing)).toEqual(content)
    }),
  )
})

test('$setElementOrder of every item yields that order', () => {
  const order = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e'], { minLength: 1 })
  const cases = order.chain((wanted) =>
    fc.tuple(fc.constant(wanted), fc.shuffledSubarray(wanted, { minLength: wanted.length })),
  )
  fc.assert(
    fc.property(cases, ([wanted, live]) => {
      const named = (list: readonly string[]) => list.map((name) => ({ name }))
      const patched = applyStrategicMergePatch(
        { things: named(live) },
        { '$setElementOrder/things': named(wanted) },
        thing,
      )
      expect(patched).toEqual({ things: named(wanted) })
    }),
  )
})

test('what is deleted is gone, and nothing else', () => {
  fc.assert(
    fc.property(names, names, (live, deleted) => {
      const patch = { things: deleted.map((name) => ({ name, $patch: 'delete' })) }
      const patched = applyStrategicMergePatch({ things: live.map((name) => ({ name })) }, patch, thing)
      const left = (patched['things'] as JsonValue[]).map((item) => isJsonObject(item) && item['name'])
      expect(left).toEqual(live.filter((name) => !deleted.includes(name)))
    }),
  )
})
