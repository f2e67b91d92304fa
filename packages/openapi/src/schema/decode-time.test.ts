import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMicroTime, decodeTime } from './decode-time.ts'

const layout = '"2006-01-02T15:04:05Z07:00"'

describe('decodeTime', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.999Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05,9Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T3:04:05Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05+05:30', '2026-01-01T21:34:05Z'],
    ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', null],
    ['0001-01-01T01:00:00+01:00', null],
  ])('reads %s', (text, expected) => {
    expect(decodeTime(text)).toBe(expected)
  })

  it.each([
    ['', `parsing time "" as ${layout}: cannot parse "" as "2006"`],
    ['2026', `parsing time "2026" as ${layout}: cannot parse "" as "-"`],
    ['2026-01-02', `parsing time "2026-01-02" as ${layout}: cannot parse "" as "T"`],
    ['2026-01-02 03:04:05Z', `parsing time "2026-01-02 03:04:05Z" as ${layout}: cannot parse " 03:04:05Z" as "T"`],
    ['2026-01-02T03:04:05', `parsing time "2026-01-02T03:04:05" as ${layout}: cannot parse "" as "Z07:00"`],
    ['2026-13-02T03:04:05Z', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
    ['2026-02-29T03:04:05Z', 'parsing time "2026-02-29T03:04:05Z": day out of range'],
    ['2026-02-01T24:04:05Z', 'parsing time "2026-02-01T24:04:05Z": hour out of range'],
    ['2026-02-01T03:04:05Zx', 'parsing time "2026-02-01T03:04:05Zx": extra text: "x"'],
  ])('refuses %j', (text, message) => {
    expect(() => decodeTime(text)).toThrow(message)
  })

  it('keeps every canonical time as it is', () => {
    const years = { min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(years), (date) => {
        const text = `${date.toISOString().slice(0, 19)}Z`
        expect(decodeTime(text)).toBe(text)
      }),
    )
  })
})

describe('decodeMicroTime', () => {
  it.each([
    ['2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z'],
    ['2026-01-02T03:04:05.123456+01:00', '2026-01-02T02:04:05.123456Z'],
    ['0001-01-01T00:00:00.000000Z', null],
  ])('reads %s', (text, expected) => {
    expect(decodeMicroTime(text)).toBe(expected)
  })

  it.each([
    [
      '2026-01-02T03:04:05Z',
      'parsing time "2026-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    ],
    ['2026-01-02T03:04:05.1234567Z', 'cannot parse "7Z" as "Z07:00"'],
  ])('refuses %s', (text, message) => {
    expect(() => decodeMicroTime(text)).toThrow(message)
  })
})
