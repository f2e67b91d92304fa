import type { JsonValue } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { formatAsGoMap } from './go-map-text.ts'

test.each([
  [{}, 'map[]'],
  [{ b: 1, a: 'x' }, 'map[a:x b:1]'],
  [{ spec: { list: [1, { k: null }], on: true } }, 'map[spec:map[list:[1 map[k:<nil>]] on:true]]'],
  [[], '[]'],
])('%j', (value, text) => {
  expect(formatAsGoMap(value)).toBe(text)
})

test('any depth', () => {
  let value: JsonValue = 1
  for (let level = 0; level < 100_000; level += 1) value = [value]
  expect(formatAsGoMap(value)).toMatch(/^\[+\.\.\.\]+$/)
})
