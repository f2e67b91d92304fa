import type { Revision } from '../storage.ts'

/** Someone who wants the events under a prefix. */
export interface Subscriber<Event> {
  /** Only events with a revision greater than this. */
  readonly after: Revision
  deliver(events: readonly Event[]): void
  /** `deliver` threw: the subscriber must end its subscription. */
  failed(error: Error): void
}

/** An event and what decides who gets it. */
export interface Dispatchable<Event> {
  readonly key: string
  readonly revision: Revision
  readonly event: Event
}

/** Hands events to the subscribers of the prefixes of their keys. */
export interface Dispatcher<Event> {
  /** Returns the function that ends the subscription. */
  subscribe(prefix: string, subscriber: Subscriber<Event>): () => void
  /** All events of one or more whole transactions, in order. Each subscriber gets its share in one call. */
  dispatch(batch: readonly Dispatchable<Event>[]): void
}

interface Group<Event> {
  readonly subscribers: Set<Subscriber<Event>>
  batch: Dispatchable<Event>[]
}

/**
 * Subscribers with the same prefix form a group, and groups are found by cutting the key to each length that some
 * prefix has. So an event costs one look-up for each distinct prefix length, however many subscribers there are, and
 * those of other prefixes cost nothing.
 */
export function createDispatcher<Event>(): Dispatcher<Event> {
  const groups = new Map<string, Group<Event>>()
  const lengths = new Map<number, number>()

  const removeGroup = (prefix: string): void => {
    groups.delete(prefix)
    const others = (lengths.get(prefix.length) ?? 1) - 1
    if (others === 0) lengths.delete(prefix.length)
    else lengths.set(prefix.length, others)
  }

  const sort = (batch: readonly Dispatchable<Event>[]): Set<Group<Event>> => {
    const touched = new Set<Group<Event>>()
    for (const item of batch) {
      for (const length of lengths.keys()) {
        if (length > item.key.length) continue
        const group = groups.get(item.key.slice(0, length))
        if (group === undefined) continue
        if (!touched.has(group)) {
          touched.add(group)
          group.batch = []
        }
        group.batch.push(item)
      }
    }
    return touched
  }

  return {
    subscribe(prefix, subscriber) {
      let group = groups.get(prefix)
      if (group === undefined) {
        group = { subscribers: new Set(), batch: [] }
        groups.set(prefix, group)
        lengths.set(prefix.length, (lengths.get(prefix.length) ?? 0) + 1)
      }
      const joined = group
      joined.subscribers.add(subscriber)
      return () => {
        if (joined.subscribers.delete(subscriber) && joined.subscribers.size === 0) removeGroup(prefix)
      }
    },
    dispatch(batch) {
      for (const group of sort(batch)) deliverToGroup(group)
    },
  }
}

function deliverToGroup<Event>(group: Group<Event>): void {
  const { batch } = group
  const events = batch.map((item) => item.event)
  const first = batch[0]?.revision ?? 0
  // A subscriber that ends meanwhile is no longer visited; one that comes has its `after` at or behind this batch.
  for (const subscriber of group.subscribers) {
    const share =
      subscriber.after < first
        ? events
        : batch.filter((item) => item.revision > subscriber.after).map((item) => item.event)
    if (share.length === 0) continue
    try {
      subscriber.deliver(share)
    } catch (error) {
      subscriber.failed(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
