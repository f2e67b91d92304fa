import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactedError } from '@fairlead/storage'
import type { Storage, Write } from '@fairlead/storage'
import { recordWatch, storageConformance } from '@fairlead/storage/testing'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { openLmdbStorage } from './lmdb-storage.ts'

const folders = new Map<Storage, string>()

afterAll(async () => {
  for (const folder of folders.values()) await rm(folder, { recursive: true, force: true })
})

storageConformance({
  name: 'lmdb',
  async open({ clock }) {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-lmdb-'))
    const storage = await openLmdbStorage({ folder, clock })
    folders.set(storage, folder)
    return storage
  },
  async reopen(closed, { clock }) {
    const folder = folders.get(closed)
    if (folder === undefined) throw new Error('not a store of this suite')
    const storage = await openLmdbStorage({ folder, clock })
    folders.set(storage, folder)
    return storage
  },
})

async function newStorage(options: { historyLimit?: number; historyBytes?: number }): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-lmdb-'))
  const storage = await openLmdbStorage({ folder, ...options })
  folders.set(storage, folder)
  onTestFinished(() => storage.close())
  return storage
}

const put = (key: string, size = 10): Write => ({ type: 'put', key, value: Buffer.alloc(size, 'x') })

test.each([
  { bound: 'count', options: { historyLimit: 50 } },
  { bound: 'bytes', options: { historyBytes: 10_000 } },
])('the past is bounded by $bound', async ({ options }) => {
  const storage = await newStorage(options)
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => storage.transaction([], [put(`/${index}`, 100)])))
  }
  const current = await storage.currentRevision()
  expect((await storage.range('/', { at: current - 5 })).items).toHaveLength(20)
  await expect(storage.range('/', { at: current - 51 })).rejects.toThrow(CompactedError)
})

test('compaction trims in slices, while writes go on', async () => {
  const storage = await newStorage({})
  const write = (): Promise<unknown> => storage.transaction([], [put('/a'), put('/b'), put('/c')])
  for (let index = 0; index < 1000; index++) await write()
  const floor = await storage.currentRevision()
  const compaction = storage.compact(floor)
  await Promise.all([compaction, write(), write()])
  await expect(storage.range('/', { at: floor - 1 })).rejects.toThrow(new CompactedError(floor))
  const watch = recordWatch(storage, '/', floor)
  expect(await watch.reached(floor + 2)).toHaveLength(6)
})

test.each([
  { title: 'newest', past: false, limit: 0 },
  { title: 'past', past: true, limit: 0 },
  { title: 'page of the newest', past: false, limit: 1500 },
  { title: 'page of the past', past: true, limit: 1500 },
])('a long read of the $title is as of one revision, whatever is written meanwhile', async ({ past, limit }) => {
  const storage = await newStorage({})
  const keys = Array.from({ length: 3000 }, (_, index) => `/k/${String(index).padStart(5, '0')}`)
  const writeAll = (): Promise<unknown> => Promise.all(keys.map((key) => storage.transaction([], [put(key)])))
  await writeAll()
  const at = await storage.currentRevision()
  const wanted = (await storage.range('/k/')).items
  if (past) await writeAll()
  const current = await storage.currentRevision()
  const reading = storage.range('/k/', { limit, ...(past && { at }) })
  const changed = keys.filter((_, index) => index % 3 === 0)
  const writes = changed.map((key) => storage.transaction([], [put(key, 20), put(`${key}/new`)]))
  const deletes = changed.map((key) => storage.transaction([], [{ type: 'delete', key }]))
  const { items, revision } = await reading
  await Promise.all([...writes, ...deletes])
  expect(await storage.currentRevision()).toBe(current + 2000)
  expect(revision).toBe(at)
  expect(items).toEqual(limit > 0 ? wanted.slice(0, limit) : wanted)
})
