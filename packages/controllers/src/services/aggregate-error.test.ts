import { expect, test } from 'vitest'
import { aggregateError } from './aggregate-error.ts'

const errors = (count: number) => Array.from({ length: count }, (_, index) => new Error(`e${index}`))

test.each<[string, Error[], string | undefined]>([
  ['none', [], undefined],
  ['one', errors(1), 'e0'],
  ['one, repeated', [...errors(1), ...errors(1)], 'e0'],
  ['several', errors(3), '[e0, e1, e2]'],
  ['many', errors(5_000), '[e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, and 4990 more]'],
])('%s', (_, all, message) => {
  expect(aggregateError(all)?.message).toBe(message)
})
