import { expect, test } from 'vitest'
import { CompactedError, FutureRevisionError } from '../storage.ts'
import { asText, withStorage } from './harness.ts'
import type { Bench, StorageUnderTest } from './harness.ts'

async function fill({ put }: Bench, keys: readonly string[]): Promise<void> {
  for (const key of keys) await put(key, `value of ${key}`)
}

const keys = ['/p/a', '/p/b', '/p/b/c', '/p/c', '/p/d', '/q', '/p']

/** Reads, pages, the past. */
export function rangeCases(driver: StorageUnderTest): void {
  test.each([
    { title: 'all', options: {}, items: 'a b b/c c d', remaining: 0 },
    { title: 'no limit', options: { limit: 0 }, items: 'a b b/c c d', remaining: 0 },
    { title: 'a first page', options: { limit: 2 }, items: 'a b', remaining: 3 },
    { title: 'a page behind a key', options: { limit: 2, after: '/p/b' }, items: 'b/c c', remaining: 1 },
    { title: 'the last page', options: { limit: 2, after: '/p/c' }, items: 'd', remaining: 0 },
    { title: 'a page of just the rest', options: { limit: 1, after: '/p/c' }, items: 'd', remaining: 0 },
    { title: 'behind a key that is absent', options: { after: '/p/bb' }, items: 'c d', remaining: 0 },
    { title: 'behind a key before the prefix', options: { after: '/a', limit: 1 }, items: 'a', remaining: 4 },
    { title: 'behind the prefix itself', options: { after: '/p/', limit: 4 }, items: 'a b b/c c', remaining: 1 },
    { title: 'behind the last key', options: { after: '/p/d', limit: 2 }, items: '', remaining: 0 },
    { title: 'behind the whole prefix', options: { after: '/q', limit: 2 }, items: '', remaining: 0 },
  ])('a range: $title', ({ options, items, remaining }) =>
    withStorage(driver, async (bench) => {
      await fill(bench, keys)
      const head = await bench.storage.range('/p/', options)
      expect(head.items.map(({ key }) => key.slice(3)).join(' ')).toBe(items)
      expect(head.remaining).toBe(remaining)
      const at = head.revision
      await fill(bench, ['/p/0', '/p/b', '/p/z'])
      await bench.delete('/p/c')
      expect(await bench.storage.range('/p/', { ...options, at })).toEqual(head)
    }),
  )

  test('keys are ordered by their bytes', () =>
    withStorage(driver, async (bench) => {
      const ordered = ['/p/A', '/p/a', '/p/a-b', '/p/a/b', '/p/ab', '/p/ü', '/p/\ue000', '/p/😀']
      await fill(bench, ordered.toReversed())
      expect((await bench.storage.range('/p/')).items.map(({ key }) => key)).toEqual(ordered)
    }))

  test('every past revision can be read', () =>
    withStorage(driver, async ({ storage, put, delete: remove }) => {
      const first = await put('/p/a', '1')
      await put('/p/b', '1')
      await put('/p/a', '2')
      await remove('/p/b')
      const last = await put('/p/c', '1')
      const seen: string[] = []
      for (let at = first - 1; at <= last; at++) {
        const { items, revision } = await storage.range('/p/', { at })
        expect(revision).toBe(at)
        seen.push(items.map((item) => `${item.key.slice(3)}${asText(item).text}`).join(' '))
        for (const item of items) expect((await storage.get(item.key, { at })).item).toEqual(item)
      }
      expect(seen).toEqual(['', 'a1', 'a1 b1', 'a2 b1', 'a2', 'a2 c1'])
      expect((await storage.get('/p/b', { at: last })).item).toBeUndefined()
      expect((await storage.get('/p/b', { at: first + 1 })).revision).toBe(first + 1)
    }))

  test('a revision that has not been reached is refused with the newest one', () =>
    withStorage(driver, async ({ storage, put }) => {
      const current = await put('/a', '1')
      await expect(storage.range('/', { at: current + 1 })).rejects.toThrow(new FutureRevisionError(current))
      await expect(storage.get('/a', { at: current + 1 })).rejects.toThrow(new FutureRevisionError(current))
      await expect(storage.compact(current + 1)).rejects.toThrow(new FutureRevisionError(current))
    }))

  test('compaction makes a floor that stays readable', () =>
    withStorage(driver, async ({ storage, put, delete: remove }) => {
      await put('/a', '1')
      const floor = await put('/a', '2')
      await put('/b', '1')
      const last = await remove('/a')
      await storage.compact(floor)
      await storage.compact(floor - 1)
      await expect(storage.range('/', { at: floor - 1 })).rejects.toThrow(new CompactedError(floor))
      await expect(storage.get('/a', { at: floor - 1 })).rejects.toThrow(new CompactedError(floor))
      expect(asText((await storage.get('/a', { at: floor })).item)?.text).toBe('2')
      expect((await storage.range('/', { at: floor })).items).toHaveLength(1)
      await storage.compact(last)
      expect((await storage.range('/', { at: last })).items.map(asText)).toMatchObject([{ key: '/b', text: '1' }])
      expect(await storage.currentRevision()).toBe(last)
    }))
}
