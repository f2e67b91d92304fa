import { setImmediate as nextTurn } from 'node:timers/promises'
import { createMemoryStorage } from '@fairlead/storage'
import type { Storage, WatchHandler } from '@fairlead/storage'
import { expect, test } from 'vitest'
import { create, createHarness, listOf, patch, testContext, write } from '../testing/harness.ts'
import { widget } from '../testing/widget.ts'

/** A store in the distance: its watchers learn of a change some turns after the writer. */
function distant(storage: Storage, turns: number): Storage {
  const later = async (tell: () => void): Promise<void> => {
    for (let left = turns; left > 0; left--) await nextTurn()
    tell()
  }
  return {
    ...storage,
    watch(prefix, from, handler) {
      let told = Promise.resolve()
      const queue = (tell: () => void): void => {
        told = told.then(() => later(tell))
      }
      const slow: WatchHandler = {
        onChanges: (changes) => queue(() => handler.onChanges(changes)),
        onProgress: (revision) => queue(() => handler.onProgress?.(revision)),
        onError: (error) => queue(() => handler.onError(error)),
      }
      return storage.watch(prefix, from, slow)
    },
  }
}

test('reads of the newest state see every acknowledged write, also when the cache lags', async () => {
  const { widgets } = createHarness({}, { storage: distant(createMemoryStorage(), 3) })
  const key = { namespace: 'ns', name: 'a' }
  await widgets.read(listOf())
  await create(widgets, widget('a'))
  expect((await widgets.get(testContext(), key, { resourceVersion: '' })).revision).toBe(2)
  await widgets.update(
    testContext(),
    patch('a', (object) => (object.metadata.labels = { a: 'b' })),
    write(),
  )
  expect((await widgets.read(listOf({ labels: 'a=b' }))).revision).toBe(3)
  expect((await widgets.get(testContext(), key, { resourceVersion: '0' })).revision).toBe(3)
  await widgets.delete(testContext(), key, {}, write())
  expect((await widgets.get(testContext(), key, { resourceVersion: '0' })).revision).toBe(3)
  expect(await widgets.find(key)).toBeUndefined()
})
