import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  changeKey,
  deadlineKey,
  decodeChange,
  decodeDeadlineKey,
  decodeHead,
  encodeChange,
  encodeHead,
  logKey,
  logRevision,
} from './records.ts'

const anyRevision = fc.maxSafeNat()
const anyKey = fc.string({ unit: 'grapheme', minLength: 1 })
const anyValue = fc.uint8Array().map((bytes) => Buffer.from(bytes))

test('heads and changes come back as they were written', () => {
  fc.assert(
    fc.property(anyKey, anyValue, anyValue, anyRevision, anyRevision, fc.nat(3), (key, value, other, a, b, shape) => {
      const current = { key, value, createRevision: a, modRevision: b }
      const previous = { key, value: other, createRevision: b, modRevision: a }
      expect(decodeHead(key, encodeHead({ item: current, deadline: a }))).toEqual({ item: current, deadline: a })
      const change = { revision: b, key, ...(shape & 1 && { current }), ...(shape & 2 && { previous }) }
      const bytes = encodeChange(change)
      expect(changeKey(bytes)).toBe(key)
      expect(decodeChange(b, bytes)).toEqual(change)
    }),
  )
})

test('values are copies of their own', () => {
  const bytes = encodeHead({
    item: { key: '/a', value: Buffer.from('value'), createRevision: 1, modRevision: 1 },
    deadline: 0,
  })
  const { item } = decodeHead('/a', bytes)
  bytes.fill(0)
  expect(Buffer.from(item.value).toString()).toBe('value')
  expect(item.value.buffer.byteLength).toBe(5)
})

test('places sort as their numbers do', () => {
  fc.assert(
    fc.property(anyRevision, anyRevision, fc.nat(), fc.nat(), (a, b, first, second) => {
      const order = Math.sign(a - b || first - second)
      expect(Buffer.compare(logKey(a, first), logKey(b, second))).toBe(order)
      expect(logRevision(logKey(a, first))).toBe(a)
      expect(Math.sign(Buffer.compare(deadlineKey(a, 'k'), deadlineKey(b, 'k')))).toBe(Math.sign(a - b))
    }),
  )
  expect(decodeDeadlineKey(deadlineKey(12.5, '/ü'))).toEqual({ deadline: 12.5, key: '/ü' })
})
