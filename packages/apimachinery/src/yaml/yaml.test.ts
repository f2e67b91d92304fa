import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../meta/object.ts'
import { encodeYaml } from './encode.ts'
import { parseYaml } from './parse.ts'

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
    ['a: 12345678901234567890', { a: 12345678901234567890n }],
    ['a: 9007199254740991', { a: 9007199254740991 }],
    ['a: .5', { a: 0.5 }],
    ['a: 1e3', { a: 1000 }],
    ['a: ~', { a: null }],
    ['a:', { a: null }],
    ['1: x', { '1': 'x' }],
    ['y: n', { true: false }],
    ['true: x', { true: 'x' }],
    ['1.5: x', { '1.5': 'x' }],
    ['', null],
    ['# only a comment', null],
    ['{"a": [1, {"b": "c"}]}', { a: [1, { b: 'c' }] }],
    ['- a\n- b', ['a', 'b']],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['a: >-\n  x\n  y\n', { a: 'x y' }],
    ['base: &b {x: 1, z: 2}\nother: {<<: *b, z: 3}', { base: { x: 1, z: 2 }, other: { x: 1, z: 3 } }],
    ['l: [&a {x: 1}, &b {x: 2, z: 3}]\nm: {<<: [*a, *b]}', { l: [{ x: 1 }, { x: 2, z: 3 }], m: { x: 1, z: 3 } }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['a: !!binary aGk=', { a: 'hi' }],
    ['a: 1\n---\na: 2', { a: 1 }],
    ['---\na: 1', { a: 1 }],
  ])('%j', (text, value) => {
    expect(parseYaml(text)).toEqual({ value, duplicates: [] })
  })

  test('repeated keys are reported and the last one wins', () => {
    const { value, duplicates } = parseYaml('a: 1\nb:\n  name: x\n  other: w\n  name: z\na: 2\n')
    expect(value).toEqual({ a: 2, b: { name: 'z', other: 'w' } })
    expect(duplicates).toEqual(['line 5: key "name" already set in map', 'line 6: key "a" already set in map'])
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
    ['a map as key', '{a: 1}: 2'],
    ['a merge of a scalar', 'a: {<<: 1}'],
  ])('%s', (_name, text) => {
    expect(() => parseYaml(text)).toThrow(expect.objectContaining({ name: 'YamlSyntaxError' }))
  })
})

describe('what is written', () => {
  test('sorted, with lists at the indentation of their key', () => {
    expect(encodeYaml({ b: [{ y: 1, x: 'a' }], a: { c: null, empty: {}, none: [] } })).toBe(
      'a:\n  c: null\n  empty: {}\n  none: []\nb:\n- x: a\n  "y": 1\n',
    )
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
    [{ a: [1, 2.5, -3, 12345678901234567890n, true, null] }],
    [[]],
    [{}],
    ['x'],
    [[['a'], [{ b: [] }]]],
  ])('%# is read back', (value) => {
    expect(parseYaml(encodeYaml(value)).value).toEqual(value)
  })
})
