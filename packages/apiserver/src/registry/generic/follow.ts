import type { ResourceCache } from './resource-cache.ts'
import type { KeptObject } from './stored-object.ts'

/** Somebody in this process who wants to know all objects of a resource at all times. Must not throw. */
export interface Follower {
  /** An object is new or has changed. Called while a commit is published, before its writer is answered. */
  set(object: KeptObject): void
  /** An object is gone; its last state. */
  remove(object: KeptObject): void
}

/** A follower at work. */
export interface Following {
  /** Resolves when everything that is stored has been told. Rejects when the store is closed first. */
  readonly ready: Promise<void>
}

/**
 * Tells a follower about all objects and then about every change, until the cache is closed. When the cache loses its
 * source the follower keeps what it knows, and is told the differences once the cache is loaded again.
 */
export function followObjects(cache: ResourceCache, follower: Follower): Following {
  const known = new Map<string, KeptObject>()

  const set = (object: KeptObject): void => {
    if (known.get(object.key)?.revision === object.revision) return
    known.set(object.key, object)
    follower.set(object)
  }
  const remove = (key: string): void => {
    const last = known.get(key)
    if (last === undefined) return
    known.delete(key)
    follower.remove(last)
  }
  const start = async (): Promise<void> => {
    await cache.ready()
    const { revision, items } = cache.list()
    const present = new Set(items.map(({ key }) => key))
    for (const key of known.keys()) if (!present.has(key)) remove(key)
    for (const { view } of items) set(view)
    cache.watch({
      from: revision,
      onEvents(events) {
        for (const { current, previous } of events) {
          if (current !== undefined) set(current)
          else if (previous !== undefined) remove(previous.key)
        }
      },
      // Only a closed cache cannot become ready again, and then there is nothing left to follow.
      onEnd: () => void start().catch(() => undefined),
    })
  }

  const ready = start()
  // Whoever waits for it learns of the failure; without anybody waiting it is no failure of the process.
  ready.catch(() => undefined)
  return { ready }
}
