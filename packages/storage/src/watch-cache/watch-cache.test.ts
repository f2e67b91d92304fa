import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import { CompactedError, FutureRevisionError } from '../storage.ts'
import type { KeyValue, Storage } from '../storage.ts'
import { asText, createBench, putText } from '../testing/harness.ts'
import type { Bench } from '../testing/harness.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { CacheNotReadyError } from './contract.ts'
import type { WatchCache } from './contract.ts'
import { createWatchCache } from './watch-cache.ts'
import type { WatchCacheOptions } from './watch-cache.ts'

interface TestBench extends Bench {
  readonly cache: WatchCache<string, string>
}

const view = (record: KeyValue): string => `${asText(record).text}@${record.modRevision}`
const adapter: WatchCacheOptions<string, string>['adapter'] = {
  view,
  event: ({ revision, key, current, previous }) => `${revision} ${key} ${previous ?? '-'} > ${current ?? '-'}`,
}

async function open(options: Partial<WatchCacheOptions<string, string>> = {}): Promise<TestBench> {
  const clock = createManualClock()
  const storage = options.storage ?? createMemoryStorage({ clock })
  const bench = createBench(storage, clock)
  if (options.storage === undefined) await bench.put('/p/old', '0')
  const cache = createWatchCache<string, string>({ storage, prefix: '/p/', adapter, clock, ...options })
  onTestFinished(async () => {
    cache.close()
    await storage.close()
  })
  await cache.ready()
  return { ...bench, cache }
}

function record(cache: WatchCache<string, string>, from: number, prefix?: string): string[] {
  const seen: string[] = []
  cache.watch({
    from,
    ...(prefix !== undefined && { prefix }),
    onEvents: (events) => seen.push(...events),
    onEnd: () => seen.push('end'),
  })
  return seen
}

const text = ({ items }: { readonly items: readonly { readonly key: string; readonly view: string }[] }): string =>
  items.map((item) => `${item.key.slice(3)}=${item.view}`).join(' ')

describe('reading', () => {
  test('has what the store had, then what it gets, before the writer is answered', async () => {
    const { cache, storage, put } = await open()
    expect(cache.revision).toBe(2)
    expect(text(cache.list())).toBe('old=0@2')
    let answered = false
    let seenBefore: boolean | undefined
    cache.watch({ from: 2, onEvents: () => (seenBefore = !answered), onEnd: () => undefined })
    const revision = await put('/p/a', '1').then((result) => {
      answered = true
      return result
    })
    expect(seenBefore).toBe(true)
    expect(cache.revision).toBe(revision)
    expect(cache.get('/p/a')).toBe('1@3')
    expect(cache.get('/p/b')).toBeUndefined()
    await storage.transaction([], [{ type: 'delete', key: '/p/old' }, putText('/p/b', '1')])
    expect(text(cache.list())).toBe('a=1@3 b=1@4')
  })

  test('its revision is the newest of the store, whatever was written', async () => {
    const { cache, put } = await open()
    expect(cache.revision).toBe(2)
    expect(await put('/other/a', '1')).toBe(cache.revision)
    expect(cache.list().revision).toBe(3)
  })

  test('lists and counts by prefix', async () => {
    const { cache, put } = await open()
    for (const key of ['/p/ns/b', '/p/ns/a', '/p/ns2/a', '/p/n']) await put(key, '1')
    expect(cache.list({ prefix: '/p/ns/' }).items.map(({ key }) => key)).toEqual(['/p/ns/a', '/p/ns/b'])
    expect(cache.list({ prefix: '/p/ns/', after: '/p/ns/a' }).items.map(({ key }) => key)).toEqual(['/p/ns/b'])
    expect(cache.list({ prefix: '/p/none/' }).items).toEqual([])
    expect([cache.count(), cache.count('/p/ns/'), cache.count('/p/none/')]).toEqual([5, 2, 0])
  })

  test('lists the past as the store does', async () => {
    const anyWrite = fc.record({
      key: fc.constantFrom('/p/a', '/p/a/b', '/p/b', '/q'),
      value: fc.option(fc.string({ maxLength: 3 }), { nil: undefined }),
    })
    const anyAfter = fc.option(fc.constantFrom('/p/a', '/p/a/b', '/p/c'), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(fc.array(anyWrite, { maxLength: 30 }), anyAfter, async (writes, after) => {
        const storage = createMemoryStorage()
        const cache = createWatchCache<string, string>({ storage, prefix: '/p/', adapter })
        await cache.ready()
        for (const { key, value } of writes) {
          await storage.transaction([], [value === undefined ? { type: 'delete', key } : putText(key, value)])
        }
        for (let at = 1; at <= cache.revision; at++) {
          const range = { at, ...(after !== undefined && { after }) }
          const { items } = await storage.range('/p/', range)
          const wanted = items.map((item) => ({ key: item.key, view: view(item) }))
          expect(cache.list(range)).toEqual({ revision: at, items: wanted })
        }
        cache.close()
        await storage.close()
      }),
    )
  })

  test('refuses revisions before its history and after its head', async () => {
    const { cache, put } = await open()
    await put('/p/a', '1')
    expect(() => cache.list({ at: 1 })).toThrow(new CompactedError(2))
    expect(() => cache.list({ at: 4 })).toThrow(new FutureRevisionError(3))
    expect(text(cache.list({ at: 2 }))).toBe('old=0@2')
  })
})

describe('watching', () => {
  test('events come from history at once, then live, each once and with both views', async () => {
    const { cache, put, delete: remove } = await open()
    await put('/p/a', '1')
    await put('/p/a', '2')
    const fromStart = record(cache, 2)
    expect(fromStart).toHaveLength(2)
    const later = record(cache, 3)
    await remove('/p/a')
    expect(fromStart).toEqual(['3 /p/a - > 1@3', '4 /p/a 1@3 > 2@4', '5 /p/a 2@4 > -'])
    expect(later).toEqual(fromStart.slice(1))
  })

  test('a watcher gets the events of its prefix only', async () => {
    const { cache, put } = await open()
    const all = record(cache, 2)
    const namespace = record(cache, 2, '/p/a/')
    const one = record(cache, 2, '/p/a/x')
    const other = record(cache, 2, '/p/b/')
    for (const key of ['/p/a/x', '/p/a/y', '/p/ab', '/q/a']) await put(key, '1')
    expect([all.length, namespace.length, one.length, other.length]).toEqual([3, 2, 1, 0])
  })

  test('a watcher behind a future revision gets nothing until then', async () => {
    const { cache, put } = await open()
    const seen = record(cache, 4)
    for (const key of ['/p/a', '/p/b', '/p/c']) await put(key, '1')
    expect(seen).toEqual(['5 /p/c - > 1@5'])
  })

  test('a closed watcher gets nothing, and closing twice is harmless', async () => {
    const { cache, put } = await open()
    const seen: string[] = []
    const watch = cache.watch({ from: 2, onEvents: (events) => seen.push(...events), onEnd: () => seen.push('end') })
    const other = record(cache, 2)
    watch.close()
    watch.close()
    await put('/p/a', '1')
    expect(seen).toEqual([])
    expect(other).toHaveLength(1)
  })

  test('a watcher that throws ends, and nobody else notices', async () => {
    const { cache, put } = await open()
    let ended = 0
    const broken = (): void => {
      throw new Error('broken watcher')
    }
    cache.watch({ from: 2, onEvents: broken, onEnd: () => ended++ })
    const other = record(cache, 2)
    await put('/p/a', '1')
    await put('/p/b', '1')
    expect(ended).toBe(1)
    expect(other).toHaveLength(2)
  })

  test('a watcher may watch and write while it is called', async () => {
    const { cache, put } = await open()
    const nested: string[][] = []
    const writes: Promise<unknown>[] = []
    cache.watch({
      from: 2,
      onEvents() {
        if (nested.length > 0) return
        nested.push(record(cache, cache.revision), record(cache, 2))
        writes.push(put('/p/b', '1'))
      },
      onEnd: () => undefined,
    })
    await put('/p/a', '1')
    await Promise.all(writes)
    expect(nested).toEqual([['4 /p/b - > 1@4'], ['3 /p/a - > 1@3', '4 /p/b - > 1@4']])
  })
})

describe('history', () => {
  test.each([
    { bound: 'count', options: { historyLimit: 3 } },
    { bound: 'bytes', options: { historyBytes: 2000 } },
  ])('is bounded by $bound', async ({ options }) => {
    const { cache, put } = await open(options)
    for (let index = 0; index < 10; index++) await put('/p/a', `${index}`)
    expect(record(cache, cache.revision - 3)).toHaveLength(3)
    const error = new CompactedError(cache.revision - 3)
    expect(() => record(cache, cache.revision - 4)).toThrow(error)
    expect(() => cache.list({ at: cache.revision - 4 })).toThrow(error)
  })

  test('keeps everything for 75 seconds, and the last hundred events for ever', async () => {
    const { cache, put, clock } = await open()
    for (let index = 0; index < 200; index++) await put('/p/a', `${index}`)
    clock.advance(75_000)
    await put('/p/a', 'later')
    expect(record(cache, 2)).toHaveLength(201)
    clock.advance(1_000_000)
    await put('/p/a', 'much later')
    expect(() => record(cache, 2)).toThrow(CompactedError)
    expect(record(cache, cache.revision - 100)).toHaveLength(100)
  })
})

describe('waiting for a revision', () => {
  test('ends when the store gets there, with any key', async () => {
    const { cache, put } = await open()
    const waits = [2, 3, 4].map((revision) => cache.waitFor(revision, 1000))
    await put('/p/a', '1')
    await put('/other', '1')
    expect(await Promise.all(waits)).toEqual([true, true, true])
  })

  test('ends with false when time passes or the cache is closed', async () => {
    const { cache, clock } = await open()
    const late = cache.waitFor(3, 1000)
    clock.advance(1001)
    expect(await late).toBe(false)
    const closing = cache.waitFor(3, 1000)
    cache.close()
    expect(await closing).toBe(false)
    expect(await cache.waitFor(3, 1000)).toBe(false)
  })
})

describe('losing the source', () => {
  test('ends all watchers, reads nothing stale, and loads anew', async () => {
    let broken = false
    const { cache, put, clock } = await open({
      adapter: {
        ...adapter,
        view(item) {
          if (broken) throw new Error('the source is gone')
          return view(item)
        },
      },
    })
    const seen = record(cache, 2)
    broken = true
    await put('/p/a', '1')
    expect(seen).toEqual(['end'])
    expect(cache.isReady).toBe(false)
    expect(cache.failure?.message).toBe('the source is gone')
    expect(() => cache.list()).toThrow('storage is (re)initializing: the source is gone')
    const wait = cache.waitFor(4, 60_000)
    broken = false
    await put('/p/b', '1')
    clock.advance(50)
    await cache.ready()
    expect(await wait).toBe(true)
    expect(text(cache.list())).toBe('a=1@3 b=1@4 old=0@2')
    expect(() => record(cache, 3)).toThrow(new CompactedError(4))
    expect(cache.failure).toBeUndefined()
  })

  test('a closed store is not tried again', async () => {
    const { cache, storage, clock } = await open()
    const seen = record(cache, 2)
    await storage.close()
    expect(seen).toEqual(['end'])
    clock.advance(60_000)
    expect(cache.isReady).toBe(false)
    expect(() => cache.get('/p/old')).toThrow(CacheNotReadyError)
    await expect(cache.ready()).rejects.toThrow('storage is (re)initializing: the store is closed')
  })

  test('closing the cache ends its watchers and whoever waits for it', async () => {
    const { cache, storage } = await open()
    const seen = record(cache, 2)
    cache.close()
    expect(seen).toEqual(['end'])
    await expect(cache.ready()).rejects.toThrow(CacheNotReadyError)
    const loading = createWatchCache<string, string>({ storage, prefix: '/p/', adapter })
    const ready = loading.ready()
    loading.close()
    await expect(ready).rejects.toThrow(CacheNotReadyError)
  })
})

test('a load in slices misses nothing that is written meanwhile', async () => {
  const storage: Storage = createMemoryStorage()
  for (let index = 0; index < 1000; index++) await storage.transaction([], [putText(`/p/${index}`, '1')])
  const cache = createWatchCache<string, string>({ storage, prefix: '/p/', adapter })
  onTestFinished(() => cache.close())
  let writes = 0
  while (!cache.isReady) {
    await storage.transaction([], [putText(`/p/new-${writes++}`, '1'), { type: 'delete', key: `/p/${writes}` }])
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(writes).toBeGreaterThan(3)
  const wanted = (await storage.range('/p/')).items.map((item) => ({ key: item.key, view: view(item) }))
  expect(cache.list().items).toEqual(wanted)
})
