import { expect, test } from 'vitest'
import { createBatchLimit } from './batch-limit.ts'

test('slow batches make it fall to 32, fast full ones make it rise to 256, others leave it', () => {
  const limit = createBatchLimit()
  expect(limit.transactions).toBe(128)
  limit.took(128, 3)
  limit.took(5, 1)
  expect(limit.transactions).toBe(128)
  limit.took(100, 6)
  expect(limit.transactions).toBe(80)
  for (let index = 0; index < 20; index++) limit.took(limit.transactions, 20)
  expect(limit.transactions).toBe(32)
  limit.took(1, 100)
  expect(limit.transactions).toBe(32)
  for (let index = 0; index < 50; index++) limit.took(limit.transactions, 1)
  expect(limit.transactions).toBe(256)
})
