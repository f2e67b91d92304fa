import { setOwn } from '../../json/objects.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import type { PatchSchema } from '../patch-schema.ts'
import { isElementOrder, orderedList, withoutDirectives } from './directives.ts'
import { badType } from './errors.ts'
import { hasMapItems } from './items.ts'
import { type MergeMaps, mergeLists } from './lists.ts'
import { checkPatchOrder, orderItems } from './order.ts'
import { rulesOf } from './schema.ts'

/** A map of the patch that meets a map of the object. */
export interface MapMerge {
  readonly original: JsonObject
  readonly patch: JsonObject
  readonly schema: PatchSchema | undefined
  readonly mergeMaps: MergeMaps
}

/**
 * Carries out the `$setElementOrder/<list>` directives: merges the list of that name, if the patch has one, and puts it in
 * order. Takes the directives and these lists out of the patch.
 */
export function applyElementOrders(merge: MapMerge): void {
  const { original, patch } = merge
  for (const key of Object.keys(patch)) {
    if (!isElementOrder(key)) continue
    const order = asList(patch[key])
    delete patch[key]
    const name = orderedList(key)
    const ordered = orderedContent(merge, name, order)
    if (ordered === undefined) continue
    setOwn(original, name, ordered)
    delete patch[name]
  }
}

/** The list in its new order; undefined where neither side has one. */
function orderedContent(merge: MapMerge, name: string, order: readonly JsonValue[]): JsonValue[] | undefined {
  const { original, patch, schema, mergeMaps } = merge
  const live = Object.hasOwn(original, name) ? asList(original[name]) : undefined
  const patched = Object.hasOwn(patch, name) ? asList(patch[name]) : undefined
  const rules = rulesOf(schema, name)
  const { mergeKey } = rules
  checkPatchOrder(patched ?? [], order, mergeKey)
  const [liveItems, patchedItems] = [[...(live ?? [])], [...(patched ?? [])]]
  let merged: JsonValue[]
  if (live === undefined) {
    if (patched === undefined) return undefined
    merged = withoutDirectives(patched) as JsonValue[]
  } else if (patched === undefined) merged = live
  else merged = mergeLists({ original: live, patch: patched, rules, deleting: false, mergeMaps })
  const serverOrder = live?.slice(0, liveItems.length) ?? []
  const result = orderItems({ merged, patchOrder: order, serverOrder, mergeKey })
  hasMapItems(liveItems, patchedItems)
  return result
}

function asList(value: JsonValue | undefined): JsonValue[] {
  if (!Array.isArray(value)) throw badType('[]interface {}', value)
  return value
}
