import { createOrderedMap } from '../driver/ordered-map.ts'

/** Keys by the time at which they expire. */
export interface Deadlines {
  set(key: string, deadline: number): void
  delete(key: string): void
  /** Milliseconds since the epoch. */
  earliest(): number | undefined
  /** Up to `limit` keys with a deadline at or before `now`, earliest first. */
  due(now: number, limit: number): readonly string[]
}

interface Deadline {
  readonly key: string
  readonly at: number
}

/** An empty set of deadlines. */
export function createDeadlines(): Deadlines {
  const byKey = new Map<string, number>()
  const byTime = createOrderedMap<Deadline>()
  const entryKey = (key: string, at: number): string => `${String(Math.ceil(at)).padStart(16, '0')} ${key}`

  const remove = (key: string): void => {
    const at = byKey.get(key)
    if (at === undefined) return
    byKey.delete(key)
    byTime.delete(entryKey(key, at))
  }

  return {
    set(key, deadline) {
      remove(key)
      byKey.set(key, deadline)
      byTime.set(entryKey(key, deadline), { key, at: deadline })
    },
    delete: remove,
    earliest: () => byTime.range('', undefined, 1)[0]?.at,
    due: (now, limit) =>
      byTime
        .range('', undefined, limit)
        .filter(({ at }) => at <= now)
        .map(({ key }) => key),
  }
}
