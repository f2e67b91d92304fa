import { expect, test } from 'vitest'
import { headerValues } from './request-headers.ts'

/** A header as Node gives it. */
const sent = (...values: string[]) => {
  const bytes = values.map((value) => Buffer.from(value).toString('latin1'))
  return { headers: { 'x-name': bytes.join(', ') }, rawHeaders: bytes.flatMap((value) => ['X-Name', value]) }
}

test.each([
  ['one value', ['a'], ['a']],
  ['values with commas', ['a, b', 'c'], ['a, b', 'c']],
  ['UTF-8', ['jörg', '日本 🦊'], ['jörg', '日本 🦊']],
])('%s', (_, values, expected) => {
  expect(headerValues(sent(...values), 'x-name')).toEqual(expected)
})

test('bytes that are no UTF-8 stay one character each', () => {
  const request = { headers: { 'x-name': 'j\u00f6rg' }, rawHeaders: ['x-name', 'j\u00f6rg'] }
  expect(headerValues(request, 'x-name')).toEqual(['j\u00f6rg'])
})

test('a request of this process has text already', () => {
  expect(headerValues({ headers: { 'x-name': 'jörg Ã¶' } }, 'x-name')).toEqual(['jörg Ã¶'])
})
