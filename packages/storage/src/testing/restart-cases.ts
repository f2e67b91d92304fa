import { expect, test } from 'vitest'
import { CompactedError } from '../storage.ts'
import type { Storage } from '../storage.ts'
import { createBench } from './harness.ts'
import type { StorageUnderTest } from './harness.ts'
import { createManualClock } from './manual-clock.ts'
import { recordWatch } from './watch-recorder.ts'

/** What a driver that keeps its data has after it was closed and opened. */
export function restartCases(driver: StorageUnderTest): void {
  const { reopen } = driver
  if (reopen === undefined) return
  const clock = createManualClock()
  const restart = async (storage: Storage): Promise<Storage> => {
    await storage.close()
    return reopen(storage, { clock })
  }

  test('a restart keeps the newest state, the past and the count of revisions', async () => {
    const before = createBench(await driver.open({ clock }), clock)
    const first = await before.put('/a', '1')
    await before.put('/b', '1')
    await before.delete('/a')
    const head = await before.storage.range('/')
    const past = await before.storage.range('/', { at: first })
    const after = createBench(await restart(before.storage), clock)
    expect(await after.storage.range('/')).toEqual(head)
    expect(await after.storage.range('/', { at: first })).toEqual(past)
    const watch = recordWatch(after.storage, '/', first)
    expect(await after.put('/c', '1')).toBe(first + 3)
    expect((await watch.received(3)).map(({ key }) => key)).toEqual(['/b', '/a', '/c'])
    await after.storage.close()
  })

  test('a restart keeps the floor', async () => {
    const before = createBench(await driver.open({ clock }), clock)
    const first = await before.put('/a', '1')
    const floor = await before.put('/a', '2')
    await before.storage.compact(floor)
    const after = await restart(before.storage)
    await expect(after.range('/', { at: first })).rejects.toThrow(new CompactedError(floor))
    expect(await recordWatch(after, '/', first).ended()).toEqual(new CompactedError(floor))
    expect((await after.range('/', { at: floor })).items).toHaveLength(1)
    expect(await after.currentRevision()).toBe(floor)
    await after.close()
  })

  test('revisions go on although everything was deleted and compacted', async () => {
    const before = createBench(await driver.open({ clock }), clock)
    await before.put('/a', '1')
    const last = await before.delete('/a')
    await before.storage.compact(last)
    const after = createBench(await restart(before.storage), clock)
    expect(await after.storage.currentRevision()).toBe(last)
    expect(await after.put('/a', '1')).toBe(last + 1)
    await after.storage.close()
  })
}
