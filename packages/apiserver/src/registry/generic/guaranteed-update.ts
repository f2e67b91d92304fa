import { deepEqual } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import { commitObject, commitRemoval } from './commit.ts'
import { canonicalMetadata } from './stored-form.ts'
import { whenCurrent } from './resource-cache.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'

/** What to do with a key, decided by looking at what it holds. */
export type Change =
  /** Store this object, which is new or replaces what is there. */
  | { readonly type: 'put'; readonly object: KubeObject }
  /** Remove what is there. */
  | { readonly type: 'remove' }
  | { readonly type: 'keep' }

/** What a guaranteed update has done. `object` is the stored, the removed or the kept one. */
export interface ChangeResult {
  readonly type: Change['type']
  /** What the change was decided upon. */
  readonly previous: KeptObject | undefined
  readonly object: KeptObject
}

/**
 * Decides upon the current object and writes, again and again until nobody else has written in between. Writing what is
 * there already is no write: the revision stays and nobody is told.
 */
export async function guaranteedUpdate(
  parts: StoreParts,
  { key, dryRun }: { readonly key: string; readonly dryRun: boolean },
  decide: (current: KeptObject | undefined) => Promise<Change>,
): Promise<ChangeResult> {
  const cache = await whenCurrent(parts.cache(), parts.storage)
  let current = cache.get(key)
  for (;;) {
    const change = await decide(current)
    const { type } = change
    const commit = { key, previous: current, dryRun }
    if (type === 'put') {
      if (current !== undefined && isSame(change.object, current)) {
        return { type, previous: current, object: current }
      }
      const result = await commitObject(parts, commit, change.object)
      if (result.done) return { type, previous: current, object: result.object }
      current = result.current
    } else {
      if (current === undefined) throw new Error(`there is nothing to ${type} at ${key}`)
      if (type === 'keep') return { type, previous: current, object: current }
      const result = await commitRemoval(parts, commit, current)
      if (result.done) return { type, previous: current, object: result.object }
      current = result.current
    }
  }
}

/** Whether an object that replaces `current` says the same; its resourceVersion does not count. */
function isSame(object: KubeObject, current: KeptObject): boolean {
  const { metadata: before, ...contentBefore } = current.object()
  const { metadata: now, ...contentNow } = object
  return deepEqual(canonicalMetadata(now), canonicalMetadata(before)) && deepEqual(contentNow, contentBefore)
}
