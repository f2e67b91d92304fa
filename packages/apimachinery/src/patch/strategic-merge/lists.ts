import { plainError } from '../../errors/reasons.ts'
import { isJsonObject } from '../../json/objects.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import type { PatchSchema } from '../patch-schema.ts'
import { patchDirective } from './directives.ts'
import { badDirective, noMergeKey } from './errors.ts'
import { asMap, hasMapItems, identityOf, type Identity, indexItems, withoutRepetitions } from './items.ts'
import { orderItems } from './order.ts'
import type { FieldRules } from './schema.ts'

/** Merges a map of the patch into a map of the object; consumes both. */
export type MergeMaps = (original: JsonObject, patch: JsonObject, schema: PatchSchema | undefined) => JsonObject

/** A list of the patch that meets a list of the object. Merging consumes both. */
export interface ListMerge {
  readonly original: JsonValue[]
  readonly patch: JsonValue[]
  readonly rules: FieldRules
  /** The patch lists scalars to remove, whatever the strategy. */
  readonly deleting: boolean
  readonly mergeMaps: MergeMaps
}

/** The merged list. `original` is left as the list before it was put in order: without what was deleted, then what is new. */
export function mergeLists(merge: ListMerge): JsonValue[] {
  const { original, patch, rules, deleting } = merge
  if (rules.strategy !== 'merge' && !deleting) return patch
  if (original.length === 0 && patch.length === 0) return original
  if (hasMapItems(original, patch)) return mergeMapItems(merge)
  if (deleting) {
    const deleted = new Set(patch.map(identityOf))
    return original.filter((item) => !deleted.has(identityOf(item)))
  }
  const merged = withoutRepetitions([...original, ...patch])
  return orderItems({ merged, patchOrder: patch, serverOrder: original, mergeKey: rules.mergeKey })
}

function mergeMapItems({ original, patch, rules, mergeMaps }: ListMerge): JsonValue[] {
  const { mergeKey, schema } = rules
  if (mergeKey === '') {
    throw plainError(`cannot merge lists without merge key for ${schema === undefined ? 'string' : 'struct'}`)
  }
  const { items, deleted, replace } = readDirectives(patch, mergeKey)
  if (replace) return orderItems({ merged: items, patchOrder: [], serverOrder: items, mergeKey })
  if (deleted.size > 0) removeItems(original, deleted, mergeKey)
  const serverOrder = [...original]
  const positions = indexItems(original, mergeKey)
  for (const item of items) {
    if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
    const identity = identityOf(item[mergeKey])
    const position = positions.get(identity)
    if (position === undefined) positions.set(identity, original.push(item) - 1)
    else original[position] = mergeMaps(asMap(original[position] as JsonValue), item, schema)
  }
  return orderItems({ merged: original, patchOrder: items, serverOrder, mergeKey })
}

interface ItemDirectives {
  /** Items without a directive. */
  readonly items: JsonObject[]
  /** Identities of items to delete. */
  readonly deleted: ReadonlySet<Identity>
  /** The other items replace the list. */
  readonly replace: boolean
}

function readDirectives(patch: readonly JsonValue[], mergeKey: string): ItemDirectives {
  const items: JsonObject[] = []
  const deleted = new Set<Identity>()
  let replace = false
  for (const item of patch.map(asMap)) {
    if (!Object.hasOwn(item, patchDirective)) {
      items.push(item)
      continue
    }
    switch (item[patchDirective]) {
      case 'delete':
        if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
        deleted.add(identityOf(item[mergeKey]))
        break
      case 'replace':
        replace = true
        break
      case 'merge':
        throw plainError('merging lists cannot yet be specified in the patch')
      default:
        throw badDirective(item[patchDirective], item)
    }
  }
  return { items, deleted, replace }
}

function removeItems(list: JsonValue[], deleted: ReadonlySet<Identity>, mergeKey: string): void {
  const kept = list.filter(
    (item) => !(isJsonObject(item) && Object.hasOwn(item, mergeKey) && deleted.has(identityOf(item[mergeKey]))),
  )
  list.length = 0
  for (const item of kept) list.push(item)
}
