import { describe, expect, test } from 'vitest'
import { CompactedError } from '../storage.ts'
import { createHistory } from './history.ts'
import type { History, HistoryBounds } from './history.ts'

interface Entry {
  readonly revision: number
  readonly name: string
}

function fill(bounds: HistoryBounds, revisions: readonly number[], bytes = 10): History<Entry> {
  const history = createHistory<Entry>(1, bounds)
  for (const [index, revision] of revisions.entries()) {
    history.push({ revision, name: `entry ${index}` }, bytes)
    if (revisions[index + 1] !== revision) history.trim()
  }
  return history
}

describe('history', () => {
  test.each([
    { title: 'all fits', bounds: { count: 9 }, floor: 1, left: [2, 3, 3, 3, 5, 8] },
    { title: 'by count, whole revisions', bounds: { count: 4 }, floor: 3, left: [5, 8] },
    { title: 'by bytes', bounds: { count: 9, bytes: 20 }, floor: 3, left: [5, 8] },
    { title: 'down to nothing', bounds: { count: 0 }, floor: 8, left: [] },
  ])('drops the oldest: $title', ({ bounds, floor, left }) => {
    const history = fill(bounds, [2, 3, 3, 3, 5, 8])
    expect(history.floor).toBe(floor)
    expect(history.after(floor).map(({ revision }) => revision)).toEqual(left)
    expect([history.length, history.bytes]).toEqual([left.length, left.length * 10])
    expect(() => history.after(floor - 1)).toThrow(new CompactedError(floor))
  })

  test('drops what is old, but keeps the youngest', () => {
    let time = 0
    const history = createHistory<Entry>(0, { count: 99, ageMs: 100, keepCount: 2, now: () => time })
    for (let revision = 1; revision <= 5; revision++) history.push({ revision, name: '' }, 1)
    time = 100
    history.trim()
    expect(history.length).toBe(5)
    time = 101
    history.trim()
    expect(history.after(3).map(({ revision }) => revision)).toEqual([4, 5])
  })

  test('compacts between entries and behind them, and never back', () => {
    const history = fill({ count: 9 }, [2, 3, 3, 8])
    history.compact(5)
    expect([history.floor, history.length]).toEqual([5, 1])
    history.compact(2)
    expect(history.floor).toBe(5)
    history.compact(20)
    expect([history.floor, history.length, history.bytes]).toEqual([20, 0, 0])
  })

  test('finds its way after thousands of drops', () => {
    const history = fill(
      { count: 100 },
      Array.from({ length: 5000 }, (_, index) => index + 2),
    )
    expect(history.after(4990).map(({ revision }) => revision)).toEqual([
      4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999, 5000, 5001,
    ])
    expect(history.length).toBe(100)
  })
})
