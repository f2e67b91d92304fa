import { tooLargeResourceVersion, tooManyRequests } from '@fairlead/apimachinery'
import { createWatchCache } from '@fairlead/storage'
import type { Storage, StorageClock, WatchCache } from '@fairlead/storage'
import { createObjectEvent } from './object-event.ts'
import type { ObjectEvent } from './object-event.ts'
import type { RequestedRevision } from './resource-version.ts'
import type { StoredForm } from './stored-form.ts'
import { createKeptObject } from './stored-object.ts'
import type { KeptObject } from './stored-object.ts'

/** The watch cache of a resource. */
export type ResourceCache = WatchCache<KeptObject, ObjectEvent>

/** The caches of a registry, one for each storage prefix, each made when it is first needed. */
export interface ResourceCaches {
  /** Resources that share a prefix share the cache; the first form that asks decides how its objects are read. */
  open(form: StoredForm): ResourceCache
  close(): void
}

/** No caches yet over a store. */
export function createResourceCaches(storage: Storage, clock: StorageClock): ResourceCaches {
  const caches = new Map<string, ResourceCache>()
  return {
    open(form) {
      const known = caches.get(form.root)
      if (known !== undefined) return known
      const cache = createWatchCache<KeptObject, ObjectEvent>({
        storage,
        prefix: form.root,
        clock,
        adapter: {
          view: ({ key, value, modRevision }) => createKeptObject(form, { key, value, revision: modRevision }),
          event: createObjectEvent,
        },
      })
      caches.set(form.root, cache)
      return cache
    },
    close() {
      for (const cache of caches.values()) cache.close()
      caches.clear()
    },
  }
}

/** How long a read waits for a revision that the cache has not seen, in milliseconds. */
const patience = 3000
const retryAfterSeconds = 1

/** Waits for the first load. Throws TooManyRequests when the cache has lost its source. */
export async function whenReady(cache: ResourceCache): Promise<ResourceCache> {
  if (cache.isReady) return cache
  if (cache.failure !== undefined) {
    throw tooManyRequests(`storage is (re)initializing: ${cache.failure.message}`, retryAfterSeconds)
  }
  await cache.ready()
  return cache
}

/**
 * Waits until the cache has seen everything that was acknowledged before this call: reads from it are then
 * linearizable. Embedded drivers publish before they acknowledge, so with them this does not wait.
 */
export async function whenCurrent(cache: ResourceCache, storage: Storage): Promise<ResourceCache> {
  if (!cache.isReady) await whenReady(cache)
  const head = await storage.currentRevision()
  return cache.isReady && cache.revision >= head ? cache : whenReached(cache, head)
}

/** Waits up to three seconds for a revision; throws a Timeout that says that it is too large. */
export async function whenReached(cache: ResourceCache, revision: RequestedRevision): Promise<ResourceCache> {
  await whenReady(cache)
  const reached = await cache.waitFor(Number(revision), patience)
  if (reached) return cache
  await whenReady(cache)
  throw tooLargeResourceVersion(revision, cache.revision, retryAfterSeconds)
}
