import { notFound } from '@fairlead/apimachinery'
import type { Getter, ObjectKey } from '../rest/capabilities.ts'
import { storageKey } from './keys.ts'
import { whenCurrent, whenReached, whenReady } from './resource-cache.ts'
import type { ResourceCache } from './resource-cache.ts'
import { requestedRevision } from './resource-version.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'

/** GET of a resource: the newest object, any, or one not older than a revision. */
export function createGetter(parts: StoreParts): Getter {
  return {
    async get(_context, key, { resourceVersion }) {
      const path = storageKey(parts.form, key)
      const cache = await cacheAsOf(parts, resourceVersion)
      const object = cache.get(path)
      if (object === undefined) throw notFound(parts.resource, key.name)
      return object
    },
  }
}

/** The newest object; undefined when there is none. */
export async function findObject(parts: StoreParts, key: ObjectKey): Promise<KeptObject | undefined> {
  const cache = await whenCurrent(parts.cache(), parts.storage)
  return cache.get(storageKey(parts.form, key))
}

async function cacheAsOf(parts: StoreParts, resourceVersion: string): Promise<ResourceCache> {
  if (resourceVersion === '') return whenCurrent(parts.cache(), parts.storage)
  const revision = requestedRevision(resourceVersion)
  return revision === 0 ? whenReady(parts.cache()) : whenReached(parts.cache(), revision)
}
