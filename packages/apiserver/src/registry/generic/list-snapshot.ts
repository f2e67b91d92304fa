import { expired, tooLargeResourceVersion } from '@fairlead/apimachinery'
import { CompactedError, compareKeys } from '@fairlead/storage'
import type { CacheSnapshot } from '@fairlead/storage'
import { encodeContinue } from './continue-token.ts'
import type { ContinuePosition } from './continue-token.ts'
import type { ListMoment, ListPlan } from './list-plan.ts'
import { whenCurrent, whenReached, whenReady } from './resource-cache.ts'
import type { ResourceCache } from './resource-cache.ts'
import type { RequestedRevision } from './resource-version.ts'
import type { Selection } from './selection.ts'
import type { StoreParts } from './store-parts.ts'
import { createKeptObject } from './stored-object.ts'
import type { KeptObject } from './stored-object.ts'

/** The objects under a prefix at a moment, from the plan's position on. */
export async function readSnapshot(
  parts: StoreParts,
  { prefix, key }: Selection,
  { moment, position }: ListPlan,
): Promise<CacheSnapshot<KeptObject>> {
  const cache = await cacheFor(parts, moment)
  if (moment.as === 'exactly') return readExactly(parts, { cache, prefix, revision: moment.revision, position })
  if (key !== undefined) {
    const view = cache.get(key)
    return { revision: cache.revision, items: view === undefined ? [] : [{ key, view }] }
  }
  return from(position, cache.list({ prefix, ...after(position) }))
}

function cacheFor(parts: StoreParts, moment: ListMoment): Promise<ResourceCache> {
  const cache = parts.cache()
  if (moment.as === 'any') return whenReady(cache)
  if (moment.as === 'not-older-than') return whenReached(cache, moment.revision)
  return whenCurrent(cache, parts.storage)
}

async function readExactly(
  parts: StoreParts,
  options: {
    readonly cache: ResourceCache
    readonly prefix: string
    readonly revision: RequestedRevision
    readonly position: ContinuePosition | undefined
  },
): Promise<CacheSnapshot<KeptObject>> {
  const { cache, prefix, position } = options
  if (options.revision > cache.revision) throw tooLargeResourceVersion(options.revision, cache.revision, 0)
  const at = Number(options.revision)
  try {
    return from(position, cache.list({ prefix, ...after(position), at }))
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error
  }
  try {
    const { items } = await parts.storage.range(prefix, { ...after(position), at })
    const objects = items.map(({ key, value, modRevision }) => ({
      key,
      view: createKeptObject(parts.form, { key, value, revision: modRevision }),
    }))
    return from(position, { revision: at, items: objects })
  } catch (error) {
    if (error instanceof CompactedError) throw tooOld(position, prefix)
    throw error
  }
}

const inconsistentContinue =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.'

function tooOld(position: ContinuePosition | undefined, prefix: string): Error {
  if (position === undefined) return expired('The resourceVersion for the provided list is too old.')
  return expired(inconsistentContinue, { continue: encodeContinue({ ...position, revision: -1 }, prefix) })
}

/** Tokens of this server start behind a key: `key + NUL`, which no key can be. */
function after(position: ContinuePosition | undefined): { after?: string } {
  return position?.start.endsWith('\0') ? { after: position.start.slice(0, -1) } : {}
}

function from(position: ContinuePosition | undefined, snapshot: CacheSnapshot<KeptObject>): CacheSnapshot<KeptObject> {
  if (position === undefined || position.start.endsWith('\0')) return snapshot
  return { ...snapshot, items: snapshot.items.filter(({ key }) => compareKeys(key, position.start) >= 0) }
}
