import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeInDocumentOrder } from './document-order.ts'

test.each([
  [{ a: 1, b: 2 }, ['b'], ['a'], ['a', 'b']],
  [{ 'a.b': 1, a: { b: 2 } }, ['a.b'], [], ['a.b']],
  [
    { list: [{ x: 1 }, { y: 2, x: 3 }] },
    ['list[1].y'],
    ['list[0].x', 'list[1].x'],
    ['list[0].x', 'list[1].y', 'list[1].x'],
  ],
  [{ s: { 'k.l': 1, k: { l: 2, m: 3 } } }, ['s.k.m'], ['s.k.l'], ['s.k.l', 's.k.m']],
  [{ list: Array.from({ length: 12 }, () => ({ x: 1 })) }, ['list[10].x'], ['list[2].x'], ['list[2].x', 'list[10].x']],
  [{ a: 1 }, ['gone'], ['a'], ['a', 'gone']],
])('%j', (document, left, right, expected) => {
  expect(mergeInDocumentOrder(document, [left, right], 10)).toEqual(expected)
})

test('whatever the split, the order of the document comes out', () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(keys, fc.infiniteStream(fc.boolean()), (names, sides) => {
      const document = Object.fromEntries(names.map((name) => [name, { deep: [1] }]))
      const paths = names.map((name) => `${name}.deep[0]`)
      const inLeft = paths.map(() => sides.next().value === true)
      const left = paths.filter((_, index) => inLeft[index])
      const right = paths.filter((_, index) => !inLeft[index])
      expect(mergeInDocumentOrder(document, [left, right], 100)).toEqual(paths)
    }),
  )
})
