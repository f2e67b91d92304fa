import { expect, test } from 'vitest'
import { formatNumber } from './number.ts'

test.each([
  [0, '0'],
  [-1, '-1'],
  [1.5, '1.5'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1e20, '100000000000000000000'],
  [1e21, '1e+21'],
  [-2.5e-7, '-2.5e-07'],
  [1e100, '1e+100'],
  [9223372036854775807n, '9223372036854775807'],
])('%d', (value, text) => {
  expect(formatNumber(value)).toBe(text)
})
