import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deepCopy, deepEqual } from '../json/objects.ts'
import { parseJson } from '../json/parse.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { applyMergePatch, createMergePatch } from './merge-patch.ts'

describe('apply', () => {
  test.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', c: 1 }, { a: null }, { c: 1 }],
    [{ a: 'b' }, { x: null }, { a: 'b' }],
    [{ a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: { b: 1 } }, { a: [1] }, { a: [1] }],
    [{ a: [1] }, { a: { b: 1, c: null } }, { a: { b: 1 } }],
    // What is new loses its nulls, down to objects in lists.
    [{}, { a: { b: { c: null } } }, { a: { b: {} } }],
    [{}, { a: [null, { b: null }] }, { a: [null, {}] }],
    [{ a: 1 }, { a: [{ b: null }] }, { a: [{}] }],
    // A list that replaces an object keeps them.
    [{ a: {} }, { a: [{ b: null }] }, { a: [{ b: null }] }],
    [{ a: 1 }, [{ b: null }, null], [{}, null]],
    [[1], { a: null, b: 1 }, { b: 1 }],
    [{ a: 1 }, {}, { a: 1 }],
    [{ n: 1 }, { n: 9007199254740993n }, { n: 9007199254740993n }],
  ])('case %#', (document, patch, expected) => {
    const before = deepCopy([document, patch])
    expect(applyMergePatch(document, patch)).toEqual(expected)
    expect([document, patch]).toEqual(before)
  })

  test.each([[null], [1], ['x'], [true]])('%j is no patch', (patch) => {
    expect(() => applyMergePatch({}, patch)).toThrow(
      expect.objectContaining({ code: 400, reason: 'BadRequest', message: 'Invalid JSON Patch' }),
    )
  })

  test('__proto__ is a key like any other', () => {
    const patch = parseJson('{"__proto__":{"polluted":true}}')
    expect(Object.keys(applyMergePatch({}, patch) as object)).toEqual(['__proto__'])
    expect(applyMergePatch(patch, parseJson('{"__proto__":{"polluted":null,"x":1}}'))).toEqual(
      parseJson('{"__proto__":{"x":1}}'),
    )
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('10,000 levels', () => {
    const nested = (leaf: string) => parseJson('{"a":'.repeat(9_999) + leaf + '}'.repeat(9_999))
    const [one, two] = [nested('{"x":1}'), nested('{"x":null,"y":2}')]
    const result = applyMergePatch(one, two)
    expect(deepEqual(result, nested('{"y":2}'))).toBe(true)
    expect(deepEqual(createMergePatch(one as JsonObject, result as JsonObject), two)).toBe(true)
  })
})

describe('create', () => {
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ a: 1 }, { a: 1 }, {}],
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: 1, b: 2 }, { b: 2 }, { a: null }],
    [{ a: { b: 1, c: 1 } }, { a: { b: 1 } }, { a: { c: null } }],
    [{ a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
    [{ a: {} }, { a: 1 }, { a: 1 }],
  ])('%j to %j', (from, to, patch) => {
    expect(createMergePatch(from, to)).toEqual(patch)
  })

  const key = fc.constantFrom('a', 'b', 'c', '__proto__', '1')
  const object = fc.letrec<{ object: JsonObject; value: JsonValue }>((tie) => ({
    object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => {
      const result: JsonObject = {}
      for (const [name, value] of entries) {
        Object.defineProperty(result, name, { value, enumerable: true, writable: true, configurable: true })
      }
      return result
    }),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.string(),
      fc.array(fc.integer(), { maxLength: 2 }),
      tie('object'),
    ),
  })).object

  test('applying what was created leads to the target', () => {
    fc.assert(
      fc.property(object, object, (from, to) => deepEqual(applyMergePatch(from, createMergePatch(from, to)), to)),
    )
  })

  test('a patch applied twice is a patch applied once', () => {
    fc.assert(
      fc.property(object, object, (document, patch) => {
        const once = applyMergePatch(document, patch)
        return deepEqual(applyMergePatch(once, patch), once)
      }),
    )
  })
})
