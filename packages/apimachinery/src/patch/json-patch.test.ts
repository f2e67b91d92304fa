import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deepCopy, deepEqual } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { applyJsonPatch } from './json-patch.ts'
import { parseJsonPatch } from './json-patch-parse.ts'

const apply = (document: JsonValue, ops: JsonValue): JsonValue =>
  applyJsonPatch(document, parseJsonPatch(JSON.stringify(ops)).ops)

describe('what applies', () => {
  test.each<[string, JsonValue, JsonValue, JsonValue]>([
    ['add a member', {}, [{ op: 'add', path: '/a', value: 1 }], { a: 1 }],
    ['add over a member', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['add without a value', {}, [{ op: 'add', path: '/a' }], { a: null }],
    ['insert', { l: [1, 3] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2, 3] }],
    ['insert at the end', { l: [1] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2] }],
    ['append', { l: [1] }, [{ op: 'add', path: '/l/-', value: 2 }], { l: [1, 2] }],
    ['add at -1 appends', { l: [1] }, [{ op: 'add', path: '/l/-1', value: 2 }], { l: [1, 2] }],
    ['remove the last', { l: [1, 2] }, [{ op: 'remove', path: '/l/-1' }], { l: [1] }],
    ['replace the last', { l: [1, 2] }, [{ op: 'replace', path: '/l/-1', value: 3 }], { l: [1, 3] }],
    ['through the last', { l: [{}, {}] }, [{ op: 'add', path: '/l/-1/a', value: 1 }], { l: [{}, { a: 1 }] }],
    ['indices as Go reads them', { l: [1, 2] }, [{ op: 'replace', path: '/l/+01', value: 3 }], { l: [1, 3] }],
    ['replace', { a: { b: 1 } }, [{ op: 'replace', path: '/a/b', value: [] }], { a: { b: [] } }],
    ['replace an absent member', {}, [{ op: 'replace', path: '/a', value: 1 }], { a: 1 }],
    ['replace all', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ['move', { a: { x: 1 }, b: {} }, [{ op: 'move', from: '/a/x', path: '/b/y' }], { a: {}, b: { y: 1 } }],
    ['move in a list', { l: [1, 2, 3] }, [{ op: 'move', from: '/l/0', path: '/l/2' }], { l: [2, 3, 1] }],
    ['copy', { a: { x: 1 } }, [{ op: 'copy', from: '/a', path: '/b' }], { a: { x: 1 }, b: { x: 1 } }],
    ['copy an absent member', { a: 1 }, [{ op: 'copy', from: '/x', path: '/b' }], { a: 1, b: null }],
    [
      'a copy is apart',
      { a: {} },
      [
        { op: 'copy', from: '/a', path: '/b' },
        { op: 'add', path: '/b/x', value: 1 },
      ],
      { a: {}, b: { x: 1 } },
    ],
    [
      'test',
      { a: { b: [1, { c: null }] } },
      [{ op: 'test', path: '/a', value: { b: [1, { c: null }] } }],
      { a: { b: [1, { c: null }] } },
    ],
    ['test absence', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
    ['test null', { a: null }, [{ op: 'test', path: '/a', value: null }], { a: null }],
    ['test absence without value', {}, [{ op: 'test', path: '/a' }], {}],
    ['test all', { a: 1 }, [{ op: 'test', path: '', value: { a: 1 } }], { a: 1 }],
    ['escapes', { 'a/b': { 'm~n': 1 } }, [{ op: 'remove', path: '/a~1b/m~0n' }], { 'a/b': {} }],
    ['an escaped escape', { '~1': 1 }, [{ op: 'remove', path: '/~01' }], {}],
    ['the empty key', { '': { '': 1 } }, [{ op: 'remove', path: '//' }], { '': {} }],
    ['no leading slash', { b: 1 }, [{ op: 'remove', path: 'a/b' }], {}],
    [
      '__proto__',
      {},
      [{ op: 'add', path: '/__proto__', value: { x: 1 } }],
      JSON.parse('{"__proto__":{"x":1}}') as JsonValue,
    ],
    ['no operations', { a: 1 }, [], { a: 1 }],
    ['null', { a: 1 }, null, { a: 1 }],
  ])('%s', (_name, document, ops, expected) => {
    const before = deepCopy(document)
    const result = apply(document, ops)
    expect(JSON.stringify(result)).toBe(JSON.stringify(expected))
    expect(document).toEqual(before)
  })
})

describe('what does not apply is a 422 that does not tell why', () => {
  test.each<[string, JsonValue]>([
    ['remove what is absent', { op: 'remove', path: '/x' }],
    ['remove all', { op: 'remove', path: '' }],
    ['add all', { op: 'add', path: '', value: {} }],
    ['an absent parent', { op: 'add', path: '/x/y', value: 1 }],
    ['a scalar as parent', { op: 'add', path: '/s/y', value: 1 }],
    ['a null as parent', { op: 'add', path: '/n/y', value: 1 }],
    ['beyond the end', { op: 'add', path: '/l/3', value: 1 }],
    ['before the start', { op: 'remove', path: '/l/-3' }],
    ['replace at the end', { op: 'replace', path: '/l/2', value: 1 }],
    ['replace at -', { op: 'replace', path: '/l/-', value: 1 }],
    ['no index', { op: 'add', path: '/l/x', value: 1 }],
    ['test of another value', { op: 'test', path: '/s', value: 'y' }],
    ['test of absence against a value', { op: 'test', path: '/x', value: 1 }],
    ['test of a value against null', { op: 'test', path: '/s', value: null }],
    ['test beyond the end', { op: 'test', path: '/l/2', value: null }],
    ['move of what is absent', { op: 'move', from: '/x', path: '/y' }],
    ['move into itself', { op: 'move', from: '/o', path: '/o/x' }],
    ['copy from beyond the end', { op: 'copy', from: '/l/2', path: '/y' }],
    ['copy to an absent parent', { op: 'copy', from: '/o', path: '/x/y' }],
    ['replace all by a scalar', { op: 'replace', path: '', value: 1 }],
    ['an unknown operation', { op: 'merge', path: '/s' }],
    ['no operation', { path: '/s' }],
    ['no path', { op: 'remove' }],
    ['no from', { op: 'move', path: '/s' }],
    ['null', null],
  ])('%s', (_name, op) => {
    expect(() => apply({ s: 'x', n: null, l: [1, 2], o: {} }, [op])).toThrow(
      expect.objectContaining({
        code: 422,
        reason: 'Invalid',
        message: 'the server rejected our request due to an error in our request',
      }),
    )
  })

  test('copies of more than three mebibytes', () => {
    const copies = (count: number) => Array.from({ length: count }, () => ({ op: 'copy', from: '/a', path: '/b' }))
    const document = { a: 'x'.repeat(1024 * 1024 - 2) }
    expect(apply(document, copies(3))).toEqual({ a: document.a, b: document.a })
    expect(() => apply(document, copies(4))).toThrow(expect.objectContaining({ code: 422 }))
  })

  test('copies that nest without end', () => {
    const path = (depth: number) => '/a'.repeat(depth)
    const ops = Array.from({ length: 15 }, (_, power) => ({ op: 'copy', from: '/a', path: path(2 ** power + 1) }))
    expect(() => apply({ a: {} }, ops)).toThrow(expect.objectContaining({ code: 422 }))
  })
})

describe('malformed patches', () => {
  test.each([
    ['{', 'error decoding patch: unexpected end of JSON input', 'unexpected end of JSON input'],
    [
      '{}',
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
      'json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    ],
    [
      '["x"]',
      'error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp',
      'json: cannot unmarshal string into Go value of type jsonpatch.Operation',
    ],
  ])('%s', (text, strict, lenient) => {
    expect(() => parseJsonPatch(text)).toThrow(expect.objectContaining({ code: 400, message: strict }))
    expect(() => parseJsonPatch(text, { strict: false })).toThrow(
      expect.objectContaining({ code: 400, message: lenient }),
    )
  })

  test('members of the wrong type are an error of the strict reader', () => {
    const text = '[{"op":1,"path":"/a"}]'
    const message =
      'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string'
    expect(() => parseJsonPatch(text)).toThrow(message)
    expect(() => applyJsonPatch({}, parseJsonPatch(text, { strict: false }).ops)).toThrow('the server rejected')
  })

  test('too many operations', () => {
    const text = (count: number) => JSON.stringify(Array(count).fill({ op: 'test', path: '/a' }))
    expect(parseJsonPatch(text(10_000)).ops.length).toBe(10_000)
    expect(() => parseJsonPatch(text(10_001))).toThrow(
      expect.objectContaining({
        code: 413,
        message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
      }),
    )
  })

  test.each([
    ['[{"op":"add","path":"/a","foo":1}]', ['json patch unknown field "[0].foo"']],
    ['[{"op":"add","op":"add","path":"/a"}]', ['json patch duplicate field "[0].op"']],
    [
      '[{"path":"/a","path":"/b","x y":1},{"value":{"k":1,"k":2},"bar":{"z":1,"z":1},"bar":2}]',
      [
        'json patch unknown field "[0].x y"',
        'json patch duplicate field "[0].path"',
        'json patch unknown field "[1].bar"',
        'json patch duplicate field "[1].value.k"',
      ],
    ],
  ])('strict errors of %s', (text, errors) => {
    expect(parseJsonPatch(text).strictErrors).toEqual(errors)
    expect(parseJsonPatch(text, { strict: false }).strictErrors).toEqual([])
  })
})

describe('properties', () => {
  const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<JsonValue>
  const key = fc.string()
  const pointer = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

  test('removing what was added gives the document back', () => {
    fc.assert(
      fc.property(fc.dictionary(key, json), key, json, (document: JsonObject, name, value) => {
        fc.pre(!Object.hasOwn(document, name))
        const path = pointer(name)
        expect(
          deepEqual(
            apply(document, [
              { op: 'add', path, value },
              { op: 'remove', path },
            ]),
            document,
          ),
        ).toBe(true)
      }),
    )
  })

  test('an item that was inserted is there, and can be removed', () => {
    fc.assert(
      fc.property(fc.array(json), fc.nat(), json, (list, at, value) => {
        const path = `/l/${at % (list.length + 1)}`
        const added = [
          { op: 'add', path, value },
          { op: 'test', path, value },
        ]
        expect(deepEqual(apply({ l: list }, [...added, { op: 'remove', path }]), { l: list })).toBe(true)
      }),
    )
  })
})
