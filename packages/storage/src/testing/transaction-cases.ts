import { expect, test } from 'vitest'
import { maxKeyBytes, maxValueBytes } from '../driver/check-transaction.ts'
import { ValueTooLargeError } from '../storage.ts'
import { asText, putText, withStorage } from './harness.ts'
import type { StorageUnderTest } from './harness.ts'

/** Transactions, expectations, limits. */
export function transactionCases(driver: StorageUnderTest): void {
  test('a fresh store is at revision 1 or more, so that no list is ever at revision 0', () =>
    withStorage(driver, async ({ storage }) => {
      expect(await storage.currentRevision()).toBeGreaterThanOrEqual(1)
      expect((await storage.range('/')).items).toEqual([])
    }))

  test('each transaction takes the next revision and its keys share it', () =>
    withStorage(driver, async ({ storage, put, commit }) => {
      const start = await storage.currentRevision()
      expect(await put('/a', '1')).toBe(start + 1)
      expect(await commit([], [putText('/b', '1'), putText('/a', '2')])).toBe(start + 2)
      const { items, revision } = await storage.range('/')
      expect(revision).toBe(start + 2)
      expect(items.map(asText)).toEqual([
        { key: '/a', text: '2', createRevision: start + 1, modRevision: start + 2 },
        { key: '/b', text: '1', createRevision: start + 2, modRevision: start + 2 },
      ])
    }))

  test('a key that is deleted and created again has a new create revision', () =>
    withStorage(driver, async ({ storage, put, delete: remove }) => {
      await put('/a', '1')
      await remove('/a')
      expect((await storage.get('/a')).item).toBeUndefined()
      const revision = await put('/a', '2')
      expect(asText((await storage.get('/a')).item)).toEqual({
        key: '/a',
        text: '2',
        createRevision: revision,
        modRevision: revision,
      })
    }))

  test('nothing is written unless every expectation holds, and the answer has what is there', () =>
    withStorage(driver, async ({ storage, put }) => {
      const a = await put('/a', '1')
      const writes = [putText('/a', 'x'), putText('/b', 'x')]
      const refused = await storage.transaction(
        [
          { key: '/b', modRevision: 0 },
          { key: '/a', modRevision: a - 1 },
        ],
        writes,
      )
      expect(refused).toMatchObject({ ok: false, revision: a })
      if (refused.ok) throw new Error('unreachable')
      expect(refused.current.map(asText)).toEqual([
        undefined,
        { key: '/a', text: '1', createRevision: a, modRevision: a },
      ])
      expect(await storage.currentRevision()).toBe(a)
      expect((await storage.range('/')).items.map(asText)).toHaveLength(1)
    }))

  test.each([
    { title: 'absent and is', exists: false, wanted: 0, ok: true },
    { title: 'absent and is not', exists: true, wanted: 0, ok: false },
    { title: 'at a revision and is', exists: true, wanted: 'actual', ok: true },
    { title: 'at a revision and is absent', exists: false, wanted: 7, ok: false },
  ])('a key expected to be $title', ({ exists, wanted, ok }) =>
    withStorage(driver, async ({ storage, put }) => {
      const actual = exists ? await put('/a', '1') : 0
      const modRevision = wanted === 'actual' ? actual : Number(wanted)
      const result = await storage.transaction([{ key: '/a', modRevision }], [putText('/a', '2')])
      expect(result.ok).toBe(ok)
    }),
  )

  test('expectations can guard other keys than those written', () =>
    withStorage(driver, async ({ storage, put, commit }) => {
      const lease = await put('/lease', 'me')
      await commit([{ key: '/lease', modRevision: lease }], [putText('/a', '1')])
      await put('/lease', 'you')
      const refused = await storage.transaction([{ key: '/lease', modRevision: lease }], [putText('/a', '2')])
      expect(refused.ok).toBe(false)
    }))

  test('what changes nothing takes no revision', () =>
    withStorage(driver, async ({ storage, put, delete: remove, commit }) => {
      const revision = await put('/a', '1')
      expect(await commit([{ key: '/a', modRevision: revision }], [])).toBe(revision)
      expect(await remove('/absent')).toBe(revision)
      expect(await storage.currentRevision()).toBe(revision)
      expect(await put('/a', '1')).toBe(revision + 1)
    }))

  test('of two writers that expect the same revision, one wins', () =>
    withStorage(driver, async ({ storage, put }) => {
      const revision = await put('/a', '1')
      const writers = Array.from({ length: 20 }, (_, index) =>
        storage.transaction([{ key: '/a', modRevision: revision }], [putText('/a', `writer ${index}`)]),
      )
      const results = await Promise.all(writers)
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
      expect(await storage.currentRevision()).toBe(revision + 1)
    }))

  test('a value of the largest size is kept to the byte, one byte more is refused', () =>
    withStorage(driver, async ({ storage, commit }) => {
      const value = new Uint8Array(maxValueBytes).map((_, index) => index % 251)
      await commit([], [{ type: 'put', key: '/big', value }])
      const { item } = await storage.get('/big')
      expect(item?.value.byteLength).toBe(maxValueBytes)
      expect(item?.value.every((byte, index) => byte === value[index])).toBe(true)
      const tooLarge = storage.transaction([], [{ type: 'put', key: '/big', value: new Uint8Array(maxValueBytes + 1) }])
      await expect(tooLarge).rejects.toThrow(ValueTooLargeError)
      await expect(tooLarge).rejects.toThrow('etcdserver: request is too large')
    }))

  test('an empty value is a value', () =>
    withStorage(driver, async ({ storage, put }) => {
      const revision = await put('/a', '')
      expect((await storage.get('/a')).item).toMatchObject({ modRevision: revision })
      expect((await storage.get('/a')).item?.value.byteLength).toBe(0)
    }))

  test('keys hold any character up to the limit', () =>
    withStorage(driver, async ({ storage, put }) => {
      const keys = ['/k/a', '/k/ü', '/k/\uffee', '/k/😀', `/k/😀${'n'.repeat(maxKeyBytes - 7)}`]
      for (const key of keys) await put(key, key)
      expect((await storage.range('/k/')).items.map(({ key }) => key)).toEqual(keys)
      await expect(put(`/${'n'.repeat(maxKeyBytes)}`, '')).rejects.toThrow(ValueTooLargeError)
    }))

  test.each([
    { title: 'a key written twice', writes: [putText('/a', '1'), putText('/a', '2')], error: TypeError },
    { title: 'an empty key', writes: [putText('', '1')], error: TypeError },
    { title: 'a time to live of 0', writes: [putText('/a', '1', 0)], error: RangeError },
    { title: 'a time to live that is no number', writes: [putText('/a', '1', Number.NaN)], error: RangeError },
  ])('$title is refused', ({ writes, error }) =>
    withStorage(driver, async ({ storage }) => {
      await expect(storage.transaction([], writes)).rejects.toThrow(error)
      expect((await storage.range('/')).items).toEqual([])
    }),
  )
}
