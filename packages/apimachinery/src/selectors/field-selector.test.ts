import fc from 'fast-check'
import { expect, test } from 'vitest'
import { badRequest } from '../errors/reasons.ts'
import { everyField, fieldSelector, parseFieldSelector } from './field-selector.ts'

test.each([
  ['', ''],
  [',,', ''],
  ['a=b', 'a=b'],
  ['a==b', 'a=b'],
  ['a!=b', 'a!=b'],
  ['z=1,a=2', 'a=2,z=1'],
  ['a=', 'a='],
  ['=', ''],
  ['!=,=a', '=a'],
  ['a=b\\=c\\,d\\\\e', 'a=b\\=c\\,d\\\\e'],
  ['a!b=c', 'a!b=c'],
  ['a b = c ', 'a b = c '],
])('%j reads as %j', (text, printed) => {
  expect(parseFieldSelector(text).toString()).toBe(printed)
})

test.each([
  ['a', "invalid selector: 'a'; can't understand 'a'"],
  ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
  ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
])('%j is refused', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(badRequest(message))
})

test('a missing field compares as empty', () => {
  expect(parseFieldSelector('a=').matches({})).toBe(true)
  expect(parseFieldSelector('a!=').matches({})).toBe(false)
  expect(parseFieldSelector('constructor=').matches({})).toBe(true)
  expect(parseFieldSelector('a=1,b!=2').matches({ a: '1', b: '3' })).toBe(true)
  expect(parseFieldSelector('a=1,b!=2').matches({ a: '1', b: '2' })).toBe(false)
  expect(everyField().matches({})).toBe(true)
})

test('an exact match comes from an equality', () => {
  const selector = parseFieldSelector('a!=0,a=1,b!=2')
  expect([selector.requiresExactMatch('a'), selector.requiresExactMatch('b')]).toEqual(['1', undefined])
})

test('transform renames, drops what comes back empty, and lets errors through', () => {
  const selector = parseFieldSelector('old=1,gone=2')
  expect(selector.transform((field, value) => (field === 'old' ? ['new', value] : ['', ''])).toString()).toBe('new=1')
  expect(selector.transform(() => ['', '']).empty).toBe(true)
  expect(() =>
    selector.transform((field) => {
      throw badRequest(`field label not supported: ${field}`)
    }),
  ).toThrow('field label not supported: gone')
})

test('what prints reads back the same', () => {
  const requirement = fc.record({
    field: fc.stringMatching(/^[a-z.]{1,8}$/),
    operator: fc.constantFrom('=' as const, '!=' as const),
    value: fc.string({ unit: fc.constantFrom('a', '=', ',', '\\', '!', 'é') }),
  })
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), (list) => {
      const text = fieldSelector(list).toString()
      const parsed = parseFieldSelector(text)
      expect(parsed.requirements).toHaveLength(list.length)
      expect(parsed.requirements).toEqual(expect.arrayContaining(list))
      expect(parseFieldSelector(parsed.toString()).requirements).toEqual(parsed.requirements)
    }),
  )
})
