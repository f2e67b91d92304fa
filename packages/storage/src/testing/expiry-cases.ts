import { expect, test } from 'vitest'
import { createBench, withStorage } from './harness.ts'
import type { StorageUnderTest } from './harness.ts'
import { createManualClock } from './manual-clock.ts'
import { recordWatch } from './watch-recorder.ts'

/** Times to live. */
export function expiryCases(driver: StorageUnderTest): void {
  test('a key goes when its time has passed, by an ordinary delete', () =>
    withStorage(driver, async ({ storage, clock, put }) => {
      const created = await put('/event', 'x', 60)
      const watch = recordWatch(storage, '/', created)
      clock.advance(59_000)
      await put('/other', 'x')
      expect((await storage.get('/event')).item).toBeDefined()
      clock.advance(2000)
      const [, expired] = await watch.received(2)
      expect(expired).toMatchObject({ key: '/event', revision: created + 2, previous: { modRevision: created } })
      expect(expired?.current).toBeUndefined()
      expect((await storage.range('/')).items.map(({ key }) => key)).toEqual(['/other'])
    }))

  test('the last write decides whether and when a key goes', () =>
    withStorage(driver, async ({ storage, clock, put, delete: remove }) => {
      await put('/kept', 'x', 10)
      await put('/kept', 'x')
      await put('/prolonged', 'x', 10)
      await put('/prolonged', 'x', 1000)
      await put('/again', 'x', 10)
      await remove('/again')
      await put('/again', 'x')
      await put('/shortened', 'x', 1000)
      const last = await put('/shortened', 'x', 10)
      const watch = recordWatch(storage, '/', last)
      clock.advance(100_000)
      expect((await watch.received(1)).map(({ key }) => key)).toEqual(['/shortened'])
      await put('/end', 'x')
      await watch.received(2)
      expect((await storage.range('/')).items.map(({ key }) => key)).toEqual(['/again', '/end', '/kept', '/prolonged'])
      clock.advance(1_000_000)
      expect((await watch.received(3)).at(-1)).toMatchObject({ key: '/prolonged' })
    }))

  test('many keys go at once, each in a revision of its own', () =>
    withStorage(driver, async ({ storage, clock, put }) => {
      const count = 1200
      const puts = Array.from({ length: count }, (_, index) => put(`/events/${index}`, 'x', 5))
      const from = Math.max(...(await Promise.all(puts)))
      const watch = recordWatch(storage, '/events/', from)
      clock.advance(6000)
      const revisions = (await watch.received(count)).map(({ revision }) => revision)
      expect(revisions).toEqual(Array.from({ length: count }, (_, index) => from + index + 1))
      expect((await storage.range('/')).items).toEqual([])
    }))

  const { reopen } = driver
  test.skipIf(reopen === undefined)('a time to live goes on while the store is closed', async () => {
    const clock = createManualClock()
    const first = createBench(await driver.open({ clock }), clock)
    const revision = await first.put('/event', 'x', 60)
    await first.put('/long', 'x', 600)
    await first.storage.close()
    clock.advance(61_000)
    const storage = await reopen?.(first.storage, { clock })
    if (storage === undefined) throw new Error('unreachable')
    const watch = recordWatch(storage, '/event', revision)
    clock.advance(1000)
    await watch.received(1)
    expect((await storage.range('/')).items.map(({ key }) => key)).toEqual(['/long'])
    await storage.close()
  })
}
