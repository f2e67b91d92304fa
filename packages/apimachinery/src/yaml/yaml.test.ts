import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../meta/object.ts'
import { deepEqual } from '../json/objects.ts'
import { encodeYaml } from './encode.ts'
import { parseYaml, parseYamlDocuments } from './parse.ts'

describe('what Kubernetes reads', () => {
  test.each<[string, JsonValue]>([
    ['a: yes', { a: true }],
    ['a: NO', { a: false }],
    ['a: on', { a: true }],
    ['a: "yes"', { a: 'yes' }],
    ['a: 0777', { a: 511 }],
    ['a: 0o17', { a: 15 }],
    ['a: 0x1F', { a: 31 }],
    ['a: 0b11', { a: 3 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 1:30', { a: '1:30' }],
    ['a: 1:30.5', { a: '1:30.5' }],
    ['a: 2020-01-01', { a: '2020-01-01' }],
    ['a: 2020-01-01T00:00:00Z', { a: '2020-01-01T00:00:00Z' }],
    ['a: 9223372036854775807', { a: 9223372036854775807n }],
    ['a: 18446744073709551615', { a: 2 ** 64 }],
    ['a: 18446744073709551616', { a: 2 ** 64 }],
    ['a: 08', { a: 8 }],
    ['a: 0X1f', { a: 31 }],
    ['a: -0b11', { a: -3 }],
    ['a: 1e400', { a: '1e400' }],
    ['a: .', { a: '.' }],
    ['a: !!float 1', { a: 1 }],
    ['a: !!str 1', { a: '1' }],
    ['a: ! 1', { a: '1' }],
    ['a: 9007199254740991', { a: 9007199254740991 }],
    ['a: .5', { a: 0.5 }],
    ['a: 1e3', { a: 1000 }],
    ['a: ~', { a: null }],
    ['a:', { a: null }],
    ['1: x', { '1': 'x' }],
    ['y: n', { true: false }],
    ['true: x', { true: 'x' }],
    ['1.5: x', { '1.5': 'x' }],
    ['.inf: x', { '.inf': 'x' }],
    ['123456789.125: x', { '1.2345679e+08': 'x' }],
    ['1e-7: x', { '1e-07': 'x' }],
    ['', null],
    ['# only a comment', null],
    ['{"a": [1, {"b": "c"}]}', { a: [1, { b: 'c' }] }],
    ['- a\n- b', ['a', 'b']],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['a: >-\n  x\n  y\n', { a: 'x y' }],
    ['base: &b {x: 1, z: 2}\nother: {<<: *b, y: 3}', { base: { x: 1, z: 2 }, other: { x: 1, z: 2, true: 3 } }],
    ['a: &x 1\nb: &x 2\nc: *x', { a: 1, b: 2, c: 2 }],
    ['"<<": x', { '<<': 'x' }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['a: !!binary aGk=', { a: 'hi' }],
    ['a: 1\n---\na: 2', { a: 1 }],
    ['---\na: 1', { a: 1 }],
  ])('%j', (text, value) => {
    expect(parseYaml(text)).toEqual({ value, duplicates: [] })
  })

  test.each<[string, JsonValue, string[]]>([
    [
      'a: 1\nb:\n  name: x\n  other: w\n  name: z\na: 2\n',
      { a: 2, b: { name: 'z', other: 'w' } },
      ['line 5: key "name" already set in map', 'line 6: key "a" already set in map'],
    ],
    ['1: a\n1: b', { '1': 'b' }, ['line 2: key 1 already set in map']],
    ['yes: a\ntrue: b', { true: 'b' }, ['line 2: key true already set in map']],
    ['k: 1\nk:\n  z: 2', { k: { z: 2 } }, ['line 3: key "k" already set in map']],
    ['{"a": 1, "a": 2}', { a: 2 }, ['line 1: key "a" already set in map']],
    ['a: &x {b: 1}\nc:\n  <<: *x\n  b: 2', { a: { b: 1 }, c: { b: 2 } }, ['line 4: key "b" already set in map']],
    ['c:\n  b: 2\n  <<: {b: 1, d: 3}', { c: { b: 1, d: 3 } }, ['line 3: key "b" already set in map']],
    ['c: {<<: [{a: 1, b: 1}, {a: 2, c: 3}]}', { c: { a: 1, b: 1, c: 3 } }, ['line 1: key "a" already set in map']],
  ])('repeated keys are reported and the last one wins: %j', (text, value, duplicates) => {
    expect(parseYaml(text)).toEqual({ value, duplicates })
  })

  test('all documents', () => {
    expect(parseYamlDocuments('a: 1\n---\n# nothing\n---\nb: 2\n').map(({ value }) => value)).toEqual([
      { a: 1 },
      { b: 2 },
    ])
    expect(parseYamlDocuments('')).toEqual([])
  })

  test('a megabyte of JSON', () => {
    const value = { items: Array.from({ length: 40_000 }, (_, index) => ({ name: `item-${index}` })) }
    expect(parseYaml(JSON.stringify(value)).value).toEqual(value)
  })

  test('many aliases', () => {
    const text = `a: &a x\nl:\n${'- *a\n'.repeat(20_000)}`
    expect((parseYaml(text).value as { l: string[] }).l.length).toBe(20_000)
  })

  test('__proto__ is a key like any other', () => {
    const { value } = parseYaml('__proto__: {polluted: true}')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
  })
})

describe('what is refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9).slice(0, -1)}]`),
  ].join('\n')
  test.each([
    ['a tab as indentation', '\ta: 1'],
    ['an open flow', 'a: [1, 2'],
    ['an unknown anchor', 'a: *nowhere'],
    ['an open quote', 'a: "x'],
    ['an alias bomb', bomb],
    ['infinity', 'a: .inf'],
    ['not a number', 'a: .nan'],
    ['deep nesting', '['.repeat(50_000)],
    ['an alias to what holds it', 'a: &a [*a]'],
    ['null as key', '~: x'],
    ['a key beyond 63 bits', '9223372036854775808: x'],
    ['a tag that does not fit', 'a: !!int x'],
    ['control characters', 'a: "\u0007"'],
    ['another version', '%YAML 1.2\n---\na: 1'],
    ['a map as key', '{a: 1}: 2'],
    ['a merge of a scalar', 'a: {<<: 1}'],
  ])('%s', (_name, text) => {
    expect(() => parseYaml(text)).toThrow(expect.objectContaining({ name: 'YamlSyntaxError' }))
  })

  test('bytes that are no UTF-8', () => {
    expect(() => parseYaml(new Uint8Array([0x61, 0x3a, 0x20, 0xff]))).toThrow('yaml: invalid leading UTF-8 octet')
  })
})

describe('what is written', () => {
  test('sorted, with lists at the indentation of their key', () => {
    expect(encodeYaml({ b: [{ y: 1, x: 'a' }], a: { c: null, empty: {}, none: [] } })).toBe(
      'a:\n  c: null\n  empty: {}\n  none: []\nb:\n- x: a\n  "y": 1\n',
    )
  })

  test.each<[JsonValue, string]>([
    ['yes', '"yes"'],
    ['1:30', '"1:30"'],
    ['2020-01-01', '"2020-01-01"'],
    ['', '""'],
    ['a: b', "'a: b'"],
    ["it's", "it's"],
    ["it's: x", "'it''s: x'"],
    ['- x', "'- x'"],
    ['---', "'---'"],
    ['a:b', 'a:b'],
    ['-x', '-x'],
    ['a\tb', '"a\\tb"'],
    ['😀', '"\\U0001F600"'],
    ['é', 'é'],
    ['x\ny', '|-\n  x\n  y'],
    ['x\n\n y\n', '|\n  x\n\n   y'],
    ['x\n\n', '|+\n  x\n'],
    [' x\ny', '|2-\n   x\n  y'],
    ['x \ny', '"x \\ny"'],
    [1e21, '1e+21'],
    [1e-7, '1e-07'],
    [100000000, '100000000'],
    [[], '[]'],
    [{}, '{}'],
    [[[1, [2]], [{ a: [3], b: 4 }]], '- - 1\n  - - 2\n- - a:\n    - 3\n    b: 4'],
    [{ a10: 1, a9: 2, B: 3, '10': 4, '9': 5, _: 6 }, '_: 6\n"9": 5\n"10": 4\nB: 3\na9: 2\na10: 1'],
    [{ ['k'.repeat(129)]: { a: [1] } }, `? ${'k'.repeat(129)}\n: a:\n  - 1`],
    ['word '.repeat(20).trim(), `${'word '.repeat(17).trim()}\n  word word word`],
  ])('%j', (value, text) => {
    expect(encodeYaml(value)).toBe(`${text}\n`)
  })

  test.each([
    'yes',
    'no',
    'on',
    'null',
    '~',
    '1',
    '0777',
    '1.5',
    'true',
    '2020-01-01',
    '',
    ' x',
    'a: b',
    '# x',
    '- x',
    'x\ny',
    '\u0000',
    '1:30',
    '0o17',
  ])('text %j is read back as text', (text) => {
    expect(parseYaml(encodeYaml({ text })).value).toEqual({ text })
  })

  test.each<[JsonValue]>([
    [{ a: [1, 2.5, -3, 9007199254740993n, -9223372036854775808n, 1e21, true, null] }],
    [[]],
    [{}],
    ['x'],
    [[['a'], [{ b: [] }]]],
  ])('%# is read back', (value) => {
    expect(parseYaml(encodeYaml(value)).value).toEqual(value)
  })

  test('whatever is written is read back', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(' ', '\n', '-', ':', '#', 'a', "'", '"', '1', '\t', '|') }),
    )
    const { value: json } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
        text,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(json, (value) => deepEqual(parseYaml(encodeYaml(value)).value, value)),
      { numRuns: 500 },
    )
  })
})

describe('nesting', () => {
  const tooDeep = 'yaml: exceeded max depth of 10000'
  const shapes: readonly (readonly [what: string, nested: (depth: number) => string])[] = [
    ['lists', (depth) => '['.repeat(depth) + ']'.repeat(depth)],
    ['maps', (depth) => `${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`],
    ['block lists', (depth) => `${'- '.repeat(depth)}a`],
    ['block maps', (depth) => `${Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}a:`).join('\n')} b`],
    ['tagged lists', (depth) => '!!seq ['.repeat(depth) + ']'.repeat(depth)],
    [
      'anchored lists',
      (depth) => Array.from({ length: depth }, (_, index) => `&a${index} [`).join('') + ']'.repeat(depth),
    ],
  ]
  test.each(shapes)('of %s: 400 levels are read, more are refused, however many', (_, nested) => {
    expect(parseYaml(nested(400)).value).not.toBe(null)
    // Those in between are where a stack would end.
    for (const depth of [402, 600, 700, 750, 770, 780, 790, 800, 900, 1000, 1500, 2000]) {
      expect(() => parseYaml(nested(depth))).toThrow(tooDeep)
    }
  })
  test.each(['[', '{a: ', '- ', '? '])('without an end: %j', (opening) => {
    expect(() => parseYaml(opening.repeat(100_000))).toThrow(tooDeep)
  })
  test.each([
    ['values', (index: number) => `{y: *a${index}}`],
    ['keys', (index: number) => `{? *a${index} : x}`],
    ['merges', (index: number) => `{<<: *a${index}}`],
    ['merges of lists', (index: number) => `{<<: [*a${index}]}`],
  ])('by aliases as %s', (_, link) => {
    const chain = (length: number) =>
      `a0: &a0 {x: 1}\n${Array.from({ length }, (__, index) => `a${index + 1}: &a${index + 1} ${link(index)}\n`).join('')}`
    expect(() => parseYaml(chain(10_000))).toThrow(/exceeded max depth|excessive aliasing|invalid map key/)
  })
})

test('what nests very deep is written too, without lines of nothing but spaces', () => {
  const depth = 9000
  const maps = JSON.parse(`${'{"a":'.repeat(depth)}"<b>"${'}'.repeat(depth)}`) as JsonValue
  const lists = JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as JsonValue
  for (const value of [maps, lists]) {
    const text = encodeYaml({ value })
    expect(text.length).toBeLessThan(2_000_000)
    expect(text.split('\n').length).toBeLessThan(600)
  }
  const shallow = JSON.parse(`${'{"a":'.repeat(100)}"<b>"${'}'.repeat(100)}`) as JsonValue
  expect(parseYaml(encodeYaml(shallow)).value).toEqual(shallow)
  expect(encodeYaml(maps)).toMatch(/a: \{"a":\{"a".*"\\u003cb\\u003e"\}+\n$/)
})
