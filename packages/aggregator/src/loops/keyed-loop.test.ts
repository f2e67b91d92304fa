import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createKeyedLoop } from './keyed-loop.ts'

function world(outcome: (key: string, turn: number) => Promise<void>) {
  const clock = createManualClock()
  const turns: string[] = []
  const loop = createKeyedLoop({
    clock,
    interval: 30_000,
    backoff: { first: 5, maximum: 40 },
    async work(key) {
      turns.push(`${key} at ${clock.now()}`)
      await outcome(key, turns.length)
    },
  })
  const pass = async (milliseconds: number): Promise<void> => {
    clock.advance(milliseconds)
    await nextTurn()
  }
  return { loop, turns, pass }
}

test('AVL-15: at once, then after an interval', async () => {
  const { loop, turns, pass } = world(async () => undefined)
  loop.trigger('a')
  await pass(0)
  await pass(29_999)
  expect(turns).toEqual(['a at 0'])
  await pass(1)
  expect(turns).toEqual(['a at 0', 'a at 30000'])
})

test('AVL-15: failures are tried again, ever more rarely, up to a limit', async () => {
  const { loop, turns, pass } = world(async (_key, turn) => {
    if (turn < 7) throw new Error('no')
  })
  loop.trigger('a')
  await pass(0)
  for (let step = 0; step < 200; step += 1) await pass(1)
  expect(turns).toEqual([0, 5, 15, 35, 75, 115, 155].map((at) => `a at ${at}`))
})

test('a key that hangs holds no other up, and what is triggered meanwhile runs once afterwards', async () => {
  let release: () => void = () => undefined
  const { loop, turns, pass } = world((key) =>
    key === 'slow'
      ? new Promise((resolve) => {
          release = resolve
        })
      : Promise.resolve(),
  )
  loop.trigger('slow')
  loop.trigger('slow')
  loop.trigger('slow')
  loop.trigger('quick')
  await pass(0)
  expect(turns).toEqual(['slow at 0', 'quick at 0'])
  release()
  await pass(0)
  expect(turns).toEqual(['slow at 0', 'quick at 0', 'slow at 0'])
})

test('what is forgotten or stopped is left alone', async () => {
  const { loop, turns, pass } = world(async () => undefined)
  loop.trigger('a')
  loop.trigger('b')
  await pass(0)
  loop.forget('a')
  await pass(30_000)
  expect(turns).toEqual(['a at 0', 'b at 0', 'b at 30000'])
  loop.stop()
  loop.trigger('b')
  await pass(60_000)
  expect(turns).toHaveLength(3)
})
