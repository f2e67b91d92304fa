import { expect, test } from 'vitest'
import { CompactedError } from '../storage.ts'
import { storageConformance } from '../testing/storage-conformance.ts'
import { createMemoryStorage } from './memory-storage.ts'

storageConformance({ name: 'memory', open: async ({ clock }) => createMemoryStorage({ clock }) })

test('keeps as many changes as it is told, of whole transactions', async () => {
  const storage = createMemoryStorage({ historyLimit: 4 })
  const value = new Uint8Array(1)
  for (let index = 0; index < 5; index++) {
    await storage.transaction(
      [],
      [
        { type: 'put', key: '/a', value },
        { type: 'put', key: '/b', value },
      ],
    )
  }
  const current = await storage.currentRevision()
  expect((await storage.range('/', { at: current - 2 })).items).toHaveLength(2)
  await expect(storage.range('/', { at: current - 3 })).rejects.toThrow(new CompactedError(current - 2))
})

test('size grows with what is stored and shrinks with what is deleted and forgotten', async () => {
  const storage = createMemoryStorage()
  const empty = await storage.size()
  await storage.transaction([], [{ type: 'put', key: '/a', value: new Uint8Array(10_000) }])
  expect(await storage.size()).toBeGreaterThan(empty + 10_000)
  await storage.transaction([], [{ type: 'delete', key: '/a' }])
  expect(await storage.size()).toBeGreaterThan(empty + 10_000)
  await storage.compact(await storage.currentRevision())
  expect(await storage.size()).toBe(empty)
})
