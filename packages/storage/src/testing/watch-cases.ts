import { expect, test } from 'vitest'
import { CompactedError } from '../storage.ts'
import type { Change } from '../storage.ts'
import { asText, putText, withStorage } from './harness.ts'
import type { StorageUnderTest } from './harness.ts'
import { recordWatch } from './watch-recorder.ts'

function describeChange({ key, revision, current, previous }: Change): string {
  const before = previous === undefined ? '-' : `${asText(previous).text}@${previous.modRevision}`
  const after = current === undefined ? '-' : `${asText(current).text}@${current.modRevision}`
  return `${revision} ${key} ${before} ${after}`
}

/** Watches: order, completeness, history, progress. */
export function watchCases(driver: StorageUnderTest): void {
  test('changes carry the record before and after', () =>
    withStorage(driver, async ({ storage, put, delete: remove }) => {
      const watch = recordWatch(storage, '/p/', await storage.currentRevision())
      const first = await put('/p/a', '1')
      await put('/p/a', '2')
      await remove('/p/a')
      await put('/p/a', '3')
      expect((await watch.received(4)).map(describeChange)).toEqual([
        `${first} /p/a - 1@${first}`,
        `${first + 1} /p/a 1@${first} 2@${first + 1}`,
        `${first + 2} /p/a 2@${first + 1} -`,
        `${first + 3} /p/a - 3@${first + 3}`,
      ])
    }))

  test('a watcher sees its prefix only, and progress for everything', () =>
    withStorage(driver, async ({ storage, put, commit }) => {
      const watch = recordWatch(storage, '/p/', await storage.currentRevision())
      await put('/p', 'not under the prefix')
      await commit([], [putText('/p/a', '1'), putText('/q/a', '1'), putText('/p/b', '1')])
      const last = await put('/q/b', '1')
      await watch.reached(last)
      expect(watch.changes.map(({ key }) => key)).toEqual(['/p/a', '/p/b'])
      expect(watch.progress.toSorted((a, b) => a - b)).toEqual(watch.progress)
    }))

  test('history is replayed behind any revision, then followed without a gap or a repetition', () =>
    withStorage(driver, async ({ storage, put }) => {
      const start = await storage.currentRevision()
      for (let index = 0; index < 30; index++) await put(`/p/${index % 7}`, `${index}`)
      const watches = Array.from({ length: 31 }, (_, index) => recordWatch(storage, '/p/', start + index))
      const writers = Array.from({ length: 30 }, (_, index) => put(`/p/${index % 5}`, `later ${index}`))
      await Promise.all(writers)
      for (const [index, watch] of watches.entries()) {
        const changes = await watch.reached(start + 60)
        const expected = Array.from({ length: 60 - index }, (_, offset) => start + index + offset + 1)
        expect(changes.map(({ revision }) => revision)).toEqual(expected)
      }
    }))

  test('a watch behind a future revision stays silent until then', () =>
    withStorage(driver, async ({ storage, put }) => {
      const start = await storage.currentRevision()
      const watch = recordWatch(storage, '/', start + 2)
      for (const key of ['/a', '/b', '/c', '/d']) await put(key, '1')
      await watch.reached(start + 4)
      expect(watch.changes.map(({ key }) => key)).toEqual(['/c', '/d'])
    }))

  test('a transaction is delivered whole and at once', () =>
    withStorage(driver, async ({ storage, commit }) => {
      const start = await storage.currentRevision()
      const batches: (readonly Change[])[] = []
      const keys = ['/b', '/a', '/c']
      storage.watch('/', start, { onChanges: (changes) => batches.push(changes), onError: () => undefined })
      const live = recordWatch(storage, '/', start)
      const revision = await commit(
        [],
        keys.map((key) => putText(key, '1')),
      )
      const replayed = recordWatch(storage, '/', start)
      for (const watch of [live, replayed]) {
        expect((await watch.reached(revision)).map((change) => change.key)).toEqual(keys)
      }
      expect(batches).toHaveLength(1)
    }))

  test('nothing is delivered after close, nor before watch has returned', () =>
    withStorage(driver, async ({ storage, put }) => {
      const start = await storage.currentRevision()
      await put('/a', '1')
      const closedAtOnce = recordWatch(storage, '/', start)
      expect(closedAtOnce.changes).toEqual([])
      closedAtOnce.close()
      const closedLater = recordWatch(storage, '/', start)
      await closedLater.received(1)
      closedLater.close()
      const witness = recordWatch(storage, '/', start)
      await put('/b', '1')
      await witness.received(2)
      expect(closedAtOnce.changes).toHaveLength(0)
      expect(closedLater.changes).toHaveLength(1)
    }))

  test('a handler may close itself and others, watch and write', () =>
    withStorage(driver, async ({ storage, put }) => {
      const start = await storage.currentRevision()
      const seen: string[] = []
      const failures: Error[] = []
      const onError = (error: Error): void => {
        failures.push(error)
      }
      const follower = new Promise<void>((resolve) => {
        const first = storage.watch('/', start, {
          onChanges(changes) {
            seen.push(...changes.map(({ key }) => `first ${key}`))
            first.close()
            second.close()
            storage.watch('/', start, {
              onChanges(more) {
                seen.push(...more.map(({ key }) => `third ${key}`))
                if (seen.includes('third /b')) resolve()
              },
              onError,
            })
            put('/b', '1').catch(onError)
          },
          onError,
        })
        const second = storage.watch('/', start, {
          onChanges: (changes) => seen.push(...changes.map(({ key }) => `second ${key}`)),
          onError,
        })
      })
      await put('/a', '1')
      await follower
      expect(seen.filter((entry) => !entry.startsWith('second'))).toEqual(['first /a', 'third /a', 'third /b'])
      expect(seen).not.toContain('second /b')
      expect(failures).toEqual([])
    }))

  test('a handler that throws loses its watch, and nobody else anything', () =>
    withStorage(driver, async ({ storage, put }) => {
      const start = await storage.currentRevision()
      const ended = new Promise<Error>((resolve) => {
        storage.watch('/', start, {
          onChanges() {
            throw new Error('broken handler')
          },
          onError: resolve,
        })
      })
      const other = recordWatch(storage, '/', start)
      await put('/a', '1')
      await put('/b', '1')
      expect((await ended).message).toBe('broken handler')
      expect(await other.received(2)).toHaveLength(2)
    }))

  test('a watch from below the floor ends with an error that names the floor, one from the floor works', () =>
    withStorage(driver, async ({ storage, put }) => {
      const start = await storage.currentRevision()
      await put('/a', '1')
      const floor = await put('/a', '2')
      await put('/a', '3')
      await storage.compact(floor)
      expect(await recordWatch(storage, '/', start).ended()).toEqual(new CompactedError(floor))
      expect((await recordWatch(storage, '/', floor).received(1)).map(({ revision }) => revision)).toEqual([floor + 1])
    }))

  test('closing the store ends its watches and refuses everything else', async () => {
    await withStorage(driver, async ({ storage, put }) => {
      const watch = recordWatch(storage, '/', await put('/a', '1'))
      await watch.reached(1)
      await storage.close()
      expect((await watch.ended()).name).toBe('StorageClosedError')
      const refusals = [
        storage.get('/a'),
        storage.range('/'),
        storage.currentRevision(),
        storage.health(),
        put('/a', '2'),
      ]
      for (const result of await Promise.allSettled(refusals)) {
        expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StorageClosedError' } })
      }
    })
  })
}
