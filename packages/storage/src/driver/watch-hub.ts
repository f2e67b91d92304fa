import type { Change, Revision, StorageWatch, WatchHandler } from '../storage.ts'
import { yieldToLoop } from './clock.ts'
import { createDispatcher } from './dispatcher.ts'
import type { Dispatchable } from './dispatcher.ts'

/** A slice of history. */
export interface ReplaySlice {
  /** Changes of whole transactions under the prefix, in order. */
  readonly changes: readonly Change[]
  /** Every change up to and including this revision is in the slice or was in one before it. */
  readonly through: Revision
}

/** What the hub asks of the driver that it serves. */
export interface WatchHubSource {
  /** The newest revision that has been committed and handed to `publish`. */
  revision(): Revision
  /** The next bounded slice of history behind `after`. Throws `CompactedError` below the floor. */
  replay(prefix: string, after: Revision): ReplaySlice
}

/** The watches of an embedded driver, which learns of every change by making it. */
export interface WatchHub {
  watch(prefix: string, from: Revision, handler: WatchHandler): StorageWatch
  /**
   * Delivers the changes of one or more whole transactions, after they are durable, before it returns. When a handler
   * itself commits something, that is delivered once the present delivery is over.
   */
  publish(changes: readonly Change[], revision: Revision): void
  /** Ends every watch with this error. */
  end(error: Error): void
}

interface Watcher {
  readonly handler: WatchHandler
  closed: boolean
  unsubscribe: () => void
}

/** A hub without watches. */
export function createWatchHub(source: WatchHubSource): WatchHub {
  const dispatcher = createDispatcher<Change>()
  const watchers = new Set<Watcher>()
  const live = new Set<Watcher>()
  const pending: { batch: readonly Dispatchable<Change>[]; revision: Revision }[] = []
  let publishing = false

  const remove = (watcher: Watcher): void => {
    watcher.closed = true
    watchers.delete(watcher)
    live.delete(watcher)
    watcher.unsubscribe()
  }

  const fail = (watcher: Watcher, error: unknown): void => {
    if (watcher.closed) return
    remove(watcher)
    watcher.handler.onError(error instanceof Error ? error : new Error(String(error)))
  }

  const progress = (watcher: Watcher, revision: Revision): void => {
    try {
      watcher.handler.onProgress?.(revision)
    } catch (error) {
      fail(watcher, error)
    }
  }

  const goLive = (watcher: Watcher, prefix: string, after: Revision): void => {
    watcher.unsubscribe = dispatcher.subscribe(prefix, {
      after,
      deliver: (changes) => watcher.handler.onChanges(changes),
      failed: (error) => fail(watcher, error),
    })
    live.add(watcher)
    progress(watcher, source.revision())
  }

  const catchUp = async (watcher: Watcher, prefix: string, from: Revision): Promise<void> => {
    // The caller has its handle before the first delivery.
    await Promise.resolve()
    let position = from
    while (!watcher.closed && position < source.revision()) {
      const slice = source.replay(prefix, position)
      position = slice.through
      if (slice.changes.length > 0) watcher.handler.onChanges(slice.changes)
      if (!watcher.closed && position < source.revision()) await yieldToLoop()
    }
    if (!watcher.closed) goLive(watcher, prefix, position)
  }

  return {
    watch(prefix, from, handler) {
      const watcher: Watcher = { handler, closed: false, unsubscribe: () => undefined }
      watchers.add(watcher)
      catchUp(watcher, prefix, from).catch((error: unknown) => fail(watcher, error))
      return { close: () => remove(watcher) }
    },
    publish(changes, revision) {
      const batch = changes.map((change) => ({ key: change.key, revision: change.revision, event: change }))
      pending.push({ batch, revision })
      if (publishing) return
      publishing = true
      try {
        for (let next = pending.shift(); next; next = pending.shift()) {
          dispatcher.dispatch(next.batch)
          for (const watcher of live) progress(watcher, next.revision)
        }
      } finally {
        publishing = false
      }
    },
    end(error) {
      for (const watcher of watchers) fail(watcher, error)
    },
  }
}
