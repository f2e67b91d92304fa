import { expired, StatusError } from '@fairlead/apimachinery'
import { CompactedError } from '@fairlead/storage'
import type { Watcher, WatchEvent, WatchRequest, WatchSession } from '../rest/capabilities.ts'
import { startBookmarks } from './bookmark-timer.ts'
import type { ObjectEvent } from './object-event.ts'
import type { ResourceCache } from './resource-cache.ts'
import { selectionOf } from './selection.ts'
import type { Selection } from './selection.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'
import { filterInTurns } from './turns.ts'
import { watchFilter } from './watch-filter.ts'
import { planWatch } from './watch-start.ts'
import type { WatchStart } from './watch-start.ts'

type Handler = Parameters<Watcher['watch']>[2]

/**
 * WATCH of a resource. Malformed parameters are thrown; whatever goes wrong from then on is an ERROR event, as clients
 * have the headers of a successful response by then.
 */
export function createWatcher(parts: StoreParts): Watcher {
  return {
    async watch(_context, request, handler) {
      const selection = selectionOf(parts.form, request)
      const start = planWatch(request)
      try {
        const cache = await start.ready(parts)
        return await startWatch(parts, { cache, request, selection, start, handler })
      } catch (error) {
        if (!StatusError.is(error) || error.code === tooManyRequests) throw error
        handler.onEvents([{ type: 'ERROR', error }])
        return { close: () => undefined }
      }
    },
  }
}

const tooManyRequests = 429

interface WatchOptions {
  readonly cache: ResourceCache
  readonly request: WatchRequest
  readonly selection: Selection
  readonly start: WatchStart
  readonly handler: Handler
}

async function startWatch(parts: StoreParts, options: WatchOptions): Promise<WatchSession> {
  const { cache, request, selection, start, handler } = options
  const snapshot = start.initialEvents ? currentState(cache, selection) : undefined
  const from = snapshot?.revision ?? (start.revision === 0 ? cache.revision : start.revision)
  const visible = watchFilter(selection, from)
  const delivery = createDelivery(handler)
  const subscription = subscribe(cache, {
    prefix: selection.key ?? selection.prefix,
    from: Math.min(Number(from), cache.revision),
    requested: from,
    onEvents: (events) => delivery.push(visible(events)),
    onEnd: () => delivery.end(),
  })
  if (request.allowWatchBookmarks) {
    const cancel = startBookmarks({
      clock: parts.clock,
      random: parts.random,
      ...(request.timeoutMs !== undefined && { remaining: request.timeoutMs }),
      send: () => {
        if (cache.isReady && cache.revision >= from) delivery.push([bookmark(cache.revision, false)])
      },
    })
    delivery.onClose(cancel)
  }
  delivery.open(
    snapshot === undefined ? [] : await initialEvents(snapshot, { selection, bookmarks: request.allowWatchBookmarks }),
  )
  return {
    close() {
      subscription.close()
      delivery.close()
    },
  }
}

interface State {
  readonly revision: number
  readonly objects: readonly KeptObject[]
}

function currentState(cache: ResourceCache, { prefix, key }: Selection): State {
  if (key === undefined) {
    const { revision, items } = cache.list({ prefix })
    return { revision, objects: items.map(({ view }) => view) }
  }
  const object = cache.get(key)
  return { revision: cache.revision, objects: object === undefined ? [] : [object] }
}

/** The state as ADDED events, each with the object's own resourceVersion, and the bookmark that ends them. */
async function initialEvents(
  { revision, objects }: State,
  { selection, bookmarks }: { readonly selection: Selection; readonly bookmarks: boolean },
): Promise<readonly WatchEvent[]> {
  const { matches } = selection
  const selected = matches === undefined ? objects : (await filterInTurns(objects, { matches, limit: 0 })).kept
  const events: WatchEvent[] = selected.map((object) => ({ type: 'ADDED', object }))
  if (bookmarks) events.push(bookmark(revision, true))
  return events
}

function bookmark(revision: number, initialEventsEnd: boolean): WatchEvent {
  return { type: 'BOOKMARK', revision, initialEventsEnd }
}

interface Delivery {
  /** Hands out the initial events, then what was held back meanwhile. */
  open(first: readonly WatchEvent[]): void
  push(events: readonly WatchEvent[]): void
  /** The server ends the watch. */
  end(): void
  close(): void
  onClose(callback: () => void): void
}

/** Holds events back until the initial ones are out. */
function createDelivery(handler: Handler): Delivery {
  let held: WatchEvent[] | undefined = []
  let closed = false
  let closing = (): void => undefined
  const close = (): void => {
    closed = true
    closing()
  }
  return {
    open(first) {
      const events = [...first, ...(held ?? [])]
      held = undefined
      if (events.length > 0 && !closed) handler.onEvents(events)
    },
    push(events) {
      if (events.length === 0 || closed) return
      if (held === undefined) handler.onEvents(events)
      else for (const event of events) held.push(event)
    },
    end() {
      close()
      handler.onEnd()
    },
    close,
    onClose(callback) {
      closing = callback
      if (closed) callback()
    },
  }
}

function subscribe(
  cache: ResourceCache,
  options: {
    readonly prefix: string
    readonly from: number
    readonly requested: number | bigint
    onEvents(events: readonly ObjectEvent[]): void
    onEnd(): void
  },
): { close(): void } {
  const { requested, ...watch } = options
  try {
    return cache.watch(watch)
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error
    throw expired(`too old resource version: ${requested} (${error.floor})`)
  }
}
