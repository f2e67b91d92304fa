import type { Clock } from '@fairlead/apimachinery'
import type { CoreEvent } from './event.ts'
import { LruMap } from './lru.ts'

/** What is to be written for an event: a new one, or the count of one that is there. */
export interface Correlated {
  readonly event: CoreEvent
  readonly isKnown: boolean
  /** To be told what the server has made of it. */
  written(event: CoreEvent): void
}

const cacheSize = 4096
const similarAllowed = 10
const similarWithin = 600_000
const burst = 25
const refillPerSecond = 1 / 300

/**
 * Keeps repeated events from filling the server, by upstream's rules. Equal ones become a count; from the tenth message on
 * within ten minutes, those that differ in nothing else become one; and a source has 25 events an object, then one in five
 * minutes.
 */
export class EventCorrelator {
  readonly #clock: Clock
  readonly #similar = new LruMap<string, { readonly messages: Set<string>; last: number }>(cacheSize)
  readonly #written = new LruMap<string, CoreEvent>(cacheSize)
  readonly #spam = new LruMap<string, { tokens: number; at: number }>(cacheSize)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Undefined when there have been too many. */
  correlate(recorded: CoreEvent): Correlated | undefined {
    const { event, key } = this.#aggregate(recorded)
    const before = this.#written.get(key)
    const counted = before === undefined ? event : counting(event, before)
    // What is left out is counted all the same.
    this.#written.set(key, counted)
    if (this.#isSpam(recorded)) return undefined
    return {
      event: counted,
      isKnown: before !== undefined,
      written: (written) => this.#written.set(key, written),
    }
  }

  #aggregate(event: CoreEvent): { event: CoreEvent; key: string } {
    const similarKey = aggregateKey(event)
    const now = this.#clock.now()
    let similar = this.#similar.get(similarKey)
    if (similar === undefined || now - similar.last > similarWithin) similar = { messages: new Set(), last: now }
    similar.messages.add(event.message)
    similar.last = now
    this.#similar.set(similarKey, similar)
    if (similar.messages.size < similarAllowed) return { event, key: `${similarKey}${JSON.stringify(event.message)}` }
    for (const oldest of similar.messages) {
      similar.messages.delete(oldest)
      break
    }
    return { event: { ...event, message: `(combined from similar events): ${event.message}` }, key: similarKey }
  }

  #isSpam({ source, involvedObject }: CoreEvent): boolean {
    const { kind, namespace, name, uid, apiVersion } = involvedObject
    const key = JSON.stringify([source, kind, namespace, name, uid, apiVersion])
    const now = this.#clock.now()
    const budget = this.#spam.get(key) ?? { tokens: burst, at: now }
    this.#spam.set(key, budget)
    budget.tokens = Math.min(burst, budget.tokens + (Math.max(0, now - budget.at) / 1000) * refillPerSecond)
    budget.at = now
    if (budget.tokens < 1) return true
    budget.tokens -= 1
    return false
  }
}

function counting(event: CoreEvent, before: CoreEvent): CoreEvent {
  const { name = '', resourceVersion } = before.metadata
  const metadata = { ...event.metadata, name, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
  return { ...event, metadata, firstTimestamp: before.firstTimestamp, count: before.count + 1 }
}

function aggregateKey({
  source,
  involvedObject,
  type,
  reason,
  reportingComponent,
  reportingInstance,
}: CoreEvent): string {
  const { kind, namespace, name, uid, apiVersion } = involvedObject
  const about = [kind, namespace, name, uid, apiVersion]
  return JSON.stringify([source, about, type, reason, reportingComponent, reportingInstance])
}
