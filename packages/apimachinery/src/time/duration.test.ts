import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DurationSyntaxError, formatDuration, parseDuration } from './duration.ts'

test.each([
  ['0', 0, '0s'],
  ['+0', 0, '0s'],
  ['5s', 5_000, '5s'],
  ['1h30m', 5_400_000, '1h30m0s'],
  ['-1.5h', -5_400_000, '-1h30m0s'],
  ['.5s', 500, '500ms'],
  ['1.s', 1_000, '1s'],
  ['100us', 0.1, '100µs'],
  ['1µs', 0.001, '1µs'],
  ['1μs', 0.001, '1µs'],
  ['1ns', 0.000001, '1ns'],
  ['1.0000000000001s', 1_000, '1s'],
  ['61.5s', 61_500, '1m1.5s'],
  ['2m3.4s', 123_400, '2m3.4s'],
  ['1s1s', 2_000, '2s'],
])('%s', (text, ms, printed) => {
  expect(parseDuration(text)).toBe(ms)
  expect(formatDuration(ms)).toBe(printed)
})

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['s', 'time: invalid duration "s"'],
  ['.s', 'time: invalid duration ".s"'],
  ['+-1s', 'time: invalid duration "+-1s"'],
  [' 1s', 'time: invalid duration " 1s"'],
  ['3', 'time: missing unit in duration "3"'],
  ['1h3', 'time: missing unit in duration "1h3"'],
  ['1d', 'time: unknown unit "d" in duration "1d"'],
  ['1s ', 'time: unknown unit "s " in duration "1s "'],
  ['1"é\n', 'time: unknown unit "\\"\\xc3\\xa9\\x0a" in duration "1\\"\\xc3\\xa9\\x0a"'],
  ['3000000h', 'time: invalid duration "3000000h"'],
  [`${'9'.repeat(100)}ns`, `time: invalid duration "${'9'.repeat(100)}ns"`],
])('%j is refused', (text, message) => {
  expect(() => parseDuration(text)).toThrow(new DurationSyntaxError(message))
})

test('what prints reads back the same', () => {
  fc.assert(
    fc.property(fc.nat(40 * 86_400_000), fc.nat(999_999), fc.boolean(), (whole, rest, negative) => {
      const ms = ((negative ? -1 : 1) * (whole * 1e6 + rest)) / 1e6
      expect(Math.round(parseDuration(formatDuration(ms)) * 1e6)).toBe(Math.round(ms * 1e6))
    }),
  )
})
