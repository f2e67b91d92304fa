import type { Clock } from '@fairlead/apimachinery'
import { microTimeText } from '../objects/time.ts'
import { LruMap } from './lru.ts'
import type { SeriesEvent } from './series-event.ts'

/** How long after an event the same one still belongs to it; also how often the end of series is looked for. */
export const seriesGap = 360_000

const cacheSize = 4096

/** Finds the events that are the same but for their time and note, and makes series of them. */
export class SeriesCache {
  readonly #clock: Clock
  readonly #events = new LruMap<string, { event: SeriesEvent; last: number }>(cacheSize)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * What is to be written for an event: itself, or the one that it makes a series of. Undefined for one more of a series,
   * whose count is written when the series is refreshed or has ended.
   */
  observe(event: SeriesEvent): SeriesEvent | undefined {
    const key = isomorphicKey(event)
    const now = this.#clock.now()
    const before = this.#events.get(key)?.event
    const count = before === undefined ? 1 : (before.series?.count ?? 1) + 1
    const next = before === undefined ? event : { ...before, series: { count, lastObservedTime: microTimeText(now) } }
    this.#events.set(key, { event: next, last: now })
    return count > 2 ? undefined : next
  }

  /** The series that go on, with their counts of the moment. */
  series(): readonly SeriesEvent[] {
    return this.#events
      .entries()
      .map(([, { event }]) => event)
      .filter(isSeries)
  }

  /** Forgets what has not happened again, and returns the series among it. */
  takeEnded(): readonly SeriesEvent[] {
    const now = this.#clock.now()
    const ended = this.#events.entries().filter(([, { last }]) => now - last > seriesGap)
    for (const [key] of ended) this.#events.delete(key)
    return ended.map(([, { event }]) => event).filter(isSeries)
  }
}

function isSeries({ series }: SeriesEvent): boolean {
  return series !== undefined
}

function isomorphicKey(event: SeriesEvent): string {
  const { type, action, reason, reportingController, reportingInstance, regarding, related } = event
  return JSON.stringify([type, action, reason, reportingController, reportingInstance, regarding, related])
}
