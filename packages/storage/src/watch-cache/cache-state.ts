import { createDispatcher } from '../driver/dispatcher.ts'
import type { Dispatchable } from '../driver/dispatcher.ts'
import { createHistory } from '../driver/history.ts'
import type { HistoryBounds } from '../driver/history.ts'
import { compareKeys } from '../driver/key-order.ts'
import { createOrderedMap } from '../driver/ordered-map.ts'
import { rewind } from '../driver/rewind.ts'
import { FutureRevisionError } from '../storage.ts'
import type { Change, KeyValue, Revision } from '../storage.ts'
import type { CacheListOptions, CacheSnapshot, CacheWatchOptions, WatchCacheAdapter } from './contract.ts'

/** Everything that a watch cache knows between one load and the loss of its source. */
export interface CacheState<View, Event> {
  readonly revision: Revision
  get(key: string): View | undefined
  list(options: CacheListOptions): CacheSnapshot<View>
  count(prefix: string | undefined): number
  watch(options: CacheWatchOptions<Event>): { close(): void }
  /** Puts what the load read; only before the first `apply`. */
  load(record: KeyValue): void
  /** Takes over the changes of whole transactions and hands their events to the watchers. */
  apply(changes: readonly Change[]): void
  /** Nothing under the prefix has changed up to this revision but what was applied. */
  advance(revision: Revision): void
  /** Tells every watcher that it must end. */
  end(): void
}

interface Entry<View> {
  readonly key: string
  readonly view: View
}

interface PastEvent<View, Event> extends Dispatchable<Event> {
  readonly previous?: Entry<View>
}

/** Bookkeeping of one event besides its bytes, roughly. */
const overheadBytes = 500

/** The state of a store's prefix as of `loaded`, still without its records. */
export function createCacheState<View, Event>(options: {
  readonly loaded: Revision
  readonly prefix: string
  readonly adapter: WatchCacheAdapter<View, Event>
  readonly bounds: HistoryBounds
}): CacheState<View, Event> {
  const { prefix: wholePrefix, adapter } = options
  const entries = createOrderedMap<Entry<View>>()
  const history = createHistory<PastEvent<View, Event>>(options.loaded, options.bounds)
  const dispatcher = createDispatcher<Event>()
  const watchers = new Set<() => void>()
  let revision = options.loaded

  const applyOne = (change: Change): PastEvent<View, Event> => {
    const { key, current, revision: at } = change
    const previous = entries.get(key)
    const entry = current && { key, view: adapter.view(current) }
    if (entry === undefined) entries.delete(key)
    else entries.set(key, entry)
    const event = adapter.event({
      revision: at,
      key,
      ...(entry && { current: entry.view }),
      ...(previous && { previous: previous.view }),
    })
    const past = { revision: at, key, event, ...(previous && { previous }) }
    history.push(past, overheadBytes + ((current ?? change.previous)?.value.byteLength ?? 0))
    return past
  }

  const eventsAfter = (from: Revision, prefix: string): PastEvent<View, Event>[] =>
    history.after(from).filter((past) => past.key.startsWith(prefix))

  return {
    get revision() {
      return revision
    },
    get: (key) => entries.get(key)?.view,
    list({ prefix = wholePrefix, after, at = revision }) {
      if (at > revision) throw new FutureRevisionError(revision)
      const items = entries.range(prefix, after)
      if (at === revision) return { revision, items }
      const undos = eventsAfter(at, prefix).filter(({ key }) => after === undefined || compareKeys(key, after) > 0)
      return { revision: at, items: rewind(items, undos) }
    },
    count: (prefix) => (prefix === undefined ? entries.size : entries.count(prefix)),
    watch(watcher) {
      const { prefix = wholePrefix, from } = watcher
      const backlog = from < revision ? eventsAfter(from, prefix) : []
      const close = (): void => {
        watchers.delete(end)
        unsubscribe()
      }
      const end = (): void => {
        close()
        watcher.onEnd()
      }
      const unsubscribe = dispatcher.subscribe(prefix, {
        after: Math.max(from, revision),
        deliver: (events) => watcher.onEvents(events),
        failed: end,
      })
      watchers.add(end)
      if (backlog.length > 0) watcher.onEvents(backlog.map(({ event }) => event))
      return { close }
    },
    load(record) {
      entries.set(record.key, { key: record.key, view: adapter.view(record) })
    },
    apply(changes) {
      const batch = changes.map(applyOne)
      history.trim()
      revision = changes.at(-1)?.revision ?? revision
      dispatcher.dispatch(batch)
    },
    advance(to) {
      revision = Math.max(revision, to)
    },
    end() {
      for (const end of watchers) end()
    },
  }
}
