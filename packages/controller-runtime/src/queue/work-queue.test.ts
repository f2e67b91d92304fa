import { describe, expect, test } from 'vitest'
import { ManualClock, settle } from '../testing/manual-clock.ts'
import { bucketRateLimiter, defaultRateLimiter, itemExponentialRateLimiter } from './rate-limiter.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

type Step = (queue: WorkQueue<string>, clock: ManualClock) => unknown
const add =
  (item: string): Step =>
  (queue) =>
    queue.add(item)
const get: Step = (queue) => queue.get()
const done =
  (item: string): Step =>
  (queue) =>
    queue.done(item)
const after =
  (item: string, delay: number): Step =>
  (queue) =>
    queue.addAfter(item, delay)
const pass =
  (ms: number): Step =>
  (_queue, clock) =>
    clock.advance(ms)
const retry =
  (item: string): Step =>
  (queue) =>
    queue.addRateLimited(item)
const forget =
  (item: string): Step =>
  (queue) =>
    queue.forget(item)

describe('what is left in the queue', () => {
  test.each<[string, Step[], number]>([
    ['items are told apart', [add('a'), add('b')], 2],
    ['an item is queued once', [add('a'), add('a')], 1],
    ['an item is not queued while it is processed', [add('a'), get, add('a'), add('a')], 0],
    ['but after that', [add('a'), get, add('a'), add('a'), done('a')], 1],
    ['only if it was added', [add('a'), get, done('a')], 0],
    ['done of what is not processed does nothing', [add('a'), done('a')], 1],
    ['a delayed item comes at its time', [after('a', 100), pass(100)], 1],
    ['and not before', [after('a', 100), pass(99)], 0],
    ['the earliest time holds', [after('a', 100), after('a', 50), pass(50)], 1],
    ['a later time changes nothing', [after('a', 50), after('a', 100), pass(50)], 1],
    ['and it comes once', [after('a', 50), after('a', 100), pass(50), get, done('a'), pass(50)], 0],
    ['no delay is no delay', [after('a', 0)], 1],
    ['a long wait outlives a 32-bit timer', [after('a', 2 ** 33), pass(2 ** 33 - 1)], 0],
    ['and ends', [after('a', 2 ** 33), pass(2 ** 33)], 1],
    ['the first retry is after 5 ms', [retry('a'), pass(5)], 1],
    ['the second after 10', [retry('a'), pass(5), get, done('a'), retry('a'), pass(9)], 0],
    ['unless forgotten', [retry('a'), pass(5), get, done('a'), forget('a'), retry('a'), pass(5)], 1],
    ['nothing is taken after a shutdown', [(queue) => queue.shutDown(), add('a'), after('b', 0), retry('c')], 0],
    ['what is queued stays', [add('a'), (queue) => queue.shutDown()], 1],
    ['what waits does not', [after('a', 5), (queue) => queue.shutDown(), pass(5)], 0],
  ])('%s', (_title, steps, length) => {
    const clock = new ManualClock()
    const queue = createWorkQueue({ clock })
    for (const step of steps) step(queue, clock)
    expect(queue.length).toBe(length)
  })
})

test('waiting workers get items in order, and nothing at the end', async () => {
  const queue = createWorkQueue({ clock: new ManualClock() })
  const workers = [queue.get(), queue.get(), queue.get()]
  queue.add('a')
  queue.add('b')
  queue.shutDown()
  expect(await Promise.all(workers)).toEqual(['a', 'b', undefined])
  expect(await queue.get()).toBeUndefined()
})

describe('the order in which items are given out', () => {
  const low =
    (item: string): Step =>
    (queue) =>
      queue.add(item, 'low')
  test.each<[string, Step[], string[]]>([
    ['as they were added', [add('a'), add('b'), add('a')], ['a', 'b']],
    ['low priority after others', [low('a'), low('b'), add('c')], ['c', 'a', 'b']],
    ['raised when added with a higher one', [low('a'), low('b'), add('c'), add('b')], ['c', 'b', 'a']],
    ['not lowered', [add('a'), low('b'), low('a')], ['a', 'b']],
    ['one that was added meanwhile keeps its priority', [add('a'), get, low('a'), add('b'), done('a')], ['b', 'a']],
    ['the higher one', [add('a'), get, low('a'), add('a'), low('b'), done('a')], ['a', 'b']],
    ['also when the lower one came last', [add('a'), get, add('a'), low('a'), low('b'), done('a')], ['a', 'b']],
  ])('%s', async (_title, steps, expected) => {
    const clock = new ManualClock()
    const queue = createWorkQueue({ clock })
    for (const step of steps) await step(queue, clock)
    queue.shutDown()
    const given: unknown[] = []
    for (let item = await queue.get(); item !== undefined; item = await queue.get()) given.push(item)
    expect(given).toEqual(expected)
  })
})

test('a drain waits for what is queued and what is processed, also for what was added again', async () => {
  const queue = createWorkQueue({ clock: new ManualClock() })
  queue.add('a')
  await queue.get()
  queue.add('a')
  queue.add('b')
  let isDrained = false
  const drained = queue.shutDownWithDrain().then(() => {
    isDrained = true
  })
  for (const item of ['b', 'a']) {
    if (item === 'b') queue.done('a')
    expect(await queue.get()).toBe(item)
    await settle()
    expect(isDrained).toBe(false)
    queue.done(item)
  }
  await drained
})

test('the back-off of an item doubles from 5 ms to 1000 s', () => {
  const limiter = itemExponentialRateLimiter<string>()
  const waits = Array.from({ length: 20 }, () => limiter.when('a'))
  expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40])
  expect(waits.slice(17)).toEqual([655_360, 1_000_000, 1_000_000])
  expect(limiter.numRequeues('a')).toBe(20)
  expect(limiter.when('b')).toBe(5)
  limiter.forget('a')
  expect([limiter.numRequeues('a'), limiter.when('a')]).toEqual([0, 5])
})

test('the bucket lets a hundred through at once and then ten a second', () => {
  const clock = new ManualClock()
  const limiter = bucketRateLimiter<string>(clock)
  expect(Array.from({ length: 102 }, () => limiter.when('a')).slice(98)).toEqual([0, 0, 100, 200])
  clock.advance(1000)
  expect(limiter.when('a')).toBe(0)
  clock.advance(3_600_000)
  expect(Array.from({ length: 101 }, () => limiter.when('a')).slice(99)).toEqual([0, 100])
})

test('together the longer wait holds', () => {
  const limiter = defaultRateLimiter<string>(new ManualClock())
  const waits = Array.from({ length: 105 }, (_value, index) => limiter.when(`item-${index}`))
  expect([waits[0], waits[99], waits[104]]).toEqual([5, 5, 500])
})
