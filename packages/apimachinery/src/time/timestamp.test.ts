import fc from 'fast-check'
import { expect, test } from 'vitest'
import { humanAge, humanDuration } from './human-duration.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2026-01-02T15:04:05Z', Date.UTC(2026, 0, 2, 15, 4, 5)],
  ['2026-01-02T17:04:05+02:00', Date.UTC(2026, 0, 2, 15, 4, 5)],
  ['2026-01-02T10:34:05-04:30', Date.UTC(2026, 0, 2, 15, 4, 5)],
  ['2026-01-02T15:04:05.123456Z', Date.UTC(2026, 0, 2, 15, 4, 5, 123)],
  ['2026-01-02T15:04:05.1Z', Date.UTC(2026, 0, 2, 15, 4, 5, 100)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000],
])('%s', (text, ms) => {
  expect(parseTimestamp(text)).toBe(ms)
})

test.each([
  '',
  '2026-01-02',
  '2026-01-02 15:04:05Z',
  '2026-01-02t15:04:05z',
  '2026-01-02T15:04:05',
  '2026-01-02T24:00:00Z',
  '2026-01-02T15:60:05Z',
  '2026-01-02T15:04:60Z',
  '2026-13-02T15:04:05Z',
  '2026-00-02T15:04:05Z',
  '2025-02-29T00:00:00Z',
  '2026-01-32T00:00:00Z',
  '2026-01-02T15:04:05+25:00',
  '2026-01-02T15:04:05.Z',
  '20260-01-02T15:04:05Z',
])('%j is no time', (text) => {
  expect(parseTimestamp(text)).toBeUndefined()
})

test('what prints reads back, to the second', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }),
      fc.integer({ max: 999, min: 0 }),
      (s, ms) => {
        expect(parseTimestamp(formatTimestamp(s * 1000 + ms))).toBe(s * 1000)
      },
    ),
  )
  expect(formatTimestamp(-1)).toBe('1969-12-31T23:59:59Z')
})

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const

test.each([
  [-2 * second, '<invalid>'],
  [-1.5 * second, '0s'],
  [0, '0s'],
  [5.9 * second, '5s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [2 * minute + 10 * second, '2m10s'],
  [10 * minute + 10 * second, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 5 * minute, '3h5m'],
  [8 * hour + 5 * minute, '8h'],
  [47 * hour, '47h'],
  [48 * hour, '2d'],
  [4 * day + 2 * hour, '4d2h'],
  [8 * day + 2 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [733 * day, '2y3d'],
  [8 * 365 * day + day, '8y'],
])('%d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})

test('ages', () => {
  const now = Date.UTC(2026, 0, 2)
  expect([
    humanAge('2026-01-01T00:00:00Z', now),
    humanAge(undefined, now),
    humanAge(null, now),
    humanAge('0001-01-01T00:00:00Z', now),
    humanAge('yesterday', now),
    humanAge('2026-01-03T00:00:00Z', now),
  ]).toEqual(['24h', '<unknown>', '<unknown>', '<unknown>', '<invalid>', '<invalid>'])
})
