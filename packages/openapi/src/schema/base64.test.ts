import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBytes } from './base64.ts'

describe('decodeBytes', () => {
  it.each([
    ['', ''],
    ['AAEC', 'AAEC'],
    ['AA==', 'AA=='],
    ['AB==', 'AA=='],
    ['AAF=', 'AAE='],
    ['A\nA\r\n=\n=\n', 'AA=='],
  ])('reads %j', (text, expected) => {
    expect(decodeBytes(text)).toBe(expected)
  })

  it.each([
    ['*', 0],
    ['AA', 0],
    ['AAECA', 4],
    ['AAE', 0],
    ['=', 0],
    ['A===', 1],
    ['AA=', 3],
    ['AA=A', 2],
    ['AA==A', 4],
    ['AAA==', 4],
    ['AA-_', 2],
    ['AAé=', 2],
  ])('refuses %j at %i', (text, offset) => {
    expect(() => decodeBytes(text)).toThrow(`illegal base64 data at input byte ${offset}`)
  })

  it('keeps what an encoder writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64')
        expect(decodeBytes(text)).toBe(text)
      }),
    )
  })
})
