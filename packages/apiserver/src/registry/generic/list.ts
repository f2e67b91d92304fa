import type { Lister, ListRequest, ListResult } from '../rest/capabilities.ts'
import { encodeContinue } from './continue-token.ts'
import { planList } from './list-plan.ts'
import { readSnapshot } from './list-snapshot.ts'
import { selectionOf } from './selection.ts'
import type { Selection } from './selection.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'
import { filterInTurns } from './turns.ts'

/** A page of objects, each knowing its place. */
export interface KeptList extends ListResult {
  readonly items: readonly KeptObject[]
}

/** LIST of a resource. Without selectors nothing is parsed. */
export function createLister(parts: StoreParts): Lister {
  return { list: (_context, request) => listObjects(parts, request) }
}

/** The objects that a request asks for, or a page of them. */
export async function listObjects(parts: StoreParts, request: ListRequest): Promise<KeptList> {
  const selection = selectionOf(parts.form, request)
  const plan = planList(request, selection.prefix)
  const { revision, items } = await readSnapshot(parts, selection, plan)
  const { objects, seen } = await choose(
    items.map(({ view }) => view),
    { selection, limit: plan.limit },
  )
  const remaining = items.length - seen
  const last = objects.at(-1)
  if (remaining === 0 || last === undefined) return { revision, items: objects, continue: '' }
  const token = encodeContinue({ revision, start: `${last.key}\0` }, selection.prefix)
  const counted = selection.matches === undefined && { remainingItemCount: remaining }
  return { revision, items: objects, continue: token, ...counted }
}

async function choose(
  objects: readonly KeptObject[],
  { selection, limit }: { readonly selection: Selection; readonly limit: number },
): Promise<{ objects: readonly KeptObject[]; seen: number }> {
  const { matches, key } = selection
  if (matches === undefined) {
    if (limit === 0 || objects.length <= limit) return { objects, seen: objects.length }
    return { objects: objects.slice(0, limit), seen: limit }
  }
  const candidates = key === undefined ? objects : objects.filter((object) => object.key === key)
  const { kept, seen } = await filterInTurns(candidates, { matches, limit })
  return { objects: kept, seen: key === undefined ? seen : objects.length }
}
