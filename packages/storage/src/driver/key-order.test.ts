import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareKeys, prefixEnd, rangeStart } from './key-order.ts'

const anyKey = fc.string({
  unit: fc.constantFrom('a', 'b', '/', 'ü', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10fffd}'),
})

describe('compareKeys', () => {
  test('orders as the UTF-8 bytes do', () => {
    const encoder = new TextEncoder()
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(encoder.encode(a), encoder.encode(b))))
      }),
    )
  })

  test('keeps everything under a prefix between the prefix and its end', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (prefix, key) => {
        const inside = compareKeys(key, prefix) >= 0 && compareKeys(key, prefixEnd(prefix)) < 0
        expect(inside).toBe(key.startsWith(prefix))
      }),
    )
  })
})

test.each([
  { prefix: '/a/', after: undefined, start: '/a/' },
  { prefix: '/a/', after: '', start: '/a/' },
  { prefix: '/a/', after: '/A', start: '/a/' },
  { prefix: '/a/', after: '/a/b', start: '/a/b\0' },
  { prefix: '/a/', after: '/b', start: '/b\0' },
])('a range of $prefix after $after starts at $start', ({ prefix, after, start }) => {
  expect(rangeStart(prefix, after)).toBe(start)
})
