import { plainError } from '../../errors/reasons.ts'
import { isJsonObject } from '../../json/objects.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import { formatGoValue } from '../../text/go-value.ts'
import { badType, goTypeName, listOfLists, noMergeKey } from './errors.ts'

/** What makes two scalars the same: a string holds type and value, anything else is only the same as itself. */
export type Identity = string | object

/** The identity of a scalar, or of the value of a merge key. */
export function identityOf(value: JsonValue | undefined): Identity {
  if (typeof value === 'object' && value !== null) return value
  return `${typeof value === 'bigint' ? 'number' : typeof value}:${value}`
}

/** The identity of an item: the value of its merge key, or of the item itself where there is no merge key. */
export function itemIdentity(item: JsonValue, mergeKey: string): Identity {
  if (mergeKey === '') return identityOf(item)
  if (!isJsonObject(item)) throw badType('map[string]interface {}', item)
  if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
  return identityOf(item[mergeKey])
}

/** True when the items of these lists are maps. They must all be of one type, and no lists; there must be one at least. */
export function hasMapItems(...lists: readonly (readonly JsonValue[])[]): boolean {
  let type: string | undefined
  for (const list of lists) {
    for (const item of list) {
      const itemType = goTypeName(item)
      if (type === undefined && Array.isArray(item)) throw listOfLists()
      type ??= itemType
      if (type !== itemType) {
        throw plainError(`list element types are not identical: ${formatGoValue(lists.map((items) => [...items]))}`)
      }
    }
  }
  if (type === undefined) throw plainError('no elements in any of the given slices')
  return type === goTypeName({})
}

/** The positions of items by identity; of several with the same identity the first counts. Maps without the key have none. */
export function indexItems(items: readonly JsonValue[], mergeKey: string): Map<Identity, number> {
  const index = new Map<Identity, number>()
  for (const [position, item] of items.entries()) {
    if (mergeKey !== '' && !(isJsonObject(item) && Object.hasOwn(item, mergeKey))) continue
    const identity = itemIdentity(item, mergeKey)
    if (!index.has(identity)) index.set(identity, position)
  }
  return index
}

/** Scalars without repetitions. */
export function withoutRepetitions(items: readonly JsonValue[]): JsonValue[] {
  return [...indexItems(items, '').values()].map((position) => items[position] as JsonValue)
}

/** An item that is known to be a map. */
export function asMap(item: JsonValue): JsonObject {
  if (!isJsonObject(item)) throw badType('map[string]interface {}', item)
  return item
}
