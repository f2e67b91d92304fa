import { plainError } from '../../errors/reasons.ts'
import { isJsonObject } from '../../json/objects.ts'
import type { JsonValue } from '../../meta/object.ts'
import { formatGoValue } from '../../text/go-value.ts'
import { hasPatchDirective, patchDirective } from './directives.ts'
import { asMap, type Identity, indexItems, itemIdentity } from './items.ts'

/** How to order a merged list. */
export interface OrderRequest {
  readonly merged: readonly JsonValue[]
  /** The order that the patch asks for; items that are not in it are only on the server. */
  readonly patchOrder: readonly JsonValue[]
  /** The order on the server. */
  readonly serverOrder: readonly JsonValue[]
  readonly mergeKey: string
}

/**
 * Orders a merged list: items that the patch names follow its order, the others keep theirs, and each of the others comes
 * before the first item of the patch that it preceded on the server. So what is new to the server comes first, unless an
 * order puts it behind something that was there.
 */
export function orderItems({ merged, patchOrder, serverOrder, mergeKey }: OrderRequest): JsonValue[] {
  const inPatch = indexOrder(patchOrder, mergeKey)
  const onServer = indexItems(serverOrder, mergeKey)
  const fromPatch: JsonValue[] = []
  const fromServer: JsonValue[] = []
  for (const item of merged) (inPatch.has(itemIdentity(item, mergeKey)) ? fromPatch : fromServer).push(item)
  return interleave({
    left: sortBy(fromServer, onServer, mergeKey),
    right: sortBy(fromPatch, inPatch, mergeKey),
    onServer,
    mergeKey,
  })
}

function indexOrder(order: readonly JsonValue[], mergeKey: string): Map<Identity, number> {
  if (mergeKey === '') {
    const map = order.find((item) => typeof item === 'object' && item !== null)
    if (map !== undefined) throw plainError('runtime error: hash of unhashable type map[string]interface {}')
  } else {
    const position = order.findIndex((item) => !isJsonObject(item))
    if (position >= 0) throw plainError(`value for key ${position} is not a map`)
  }
  for (const item of order) itemIdentity(item, mergeKey)
  return indexItems(order, mergeKey)
}

/** A stable sort. Items without a position come first, the last of them before the others. */
function sortBy(items: readonly JsonValue[], positions: ReadonlyMap<Identity, number>, mergeKey: string): JsonValue[] {
  const unknown: JsonValue[] = []
  const known: { item: JsonValue; position: number }[] = []
  for (const item of items) {
    const position = positions.get(itemIdentity(item, mergeKey))
    if (position === undefined) unknown.push(item)
    else known.push({ item, position })
  }
  return [...unknown.reverse(), ...known.sort((a, b) => a.position - b.position).map(({ item }) => item)]
}

interface Interleaving {
  readonly left: readonly JsonValue[]
  readonly right: readonly JsonValue[]
  readonly onServer: ReadonlyMap<Identity, number>
  readonly mergeKey: string
}

/** Merges two lists in their own orders: the next of `left` goes first only where the server had it before the next of `right`. */
function interleave({ left, right, onServer, mergeKey }: Interleaving): JsonValue[] {
  const result: JsonValue[] = []
  let next = 0
  for (const item of right) {
    const position = onServer.get(itemIdentity(item, mergeKey)) ?? -1
    for (; next < left.length; next++) {
      const candidate = left[next] as JsonValue
      const candidatePosition = onServer.get(itemIdentity(candidate, mergeKey))
      if (candidatePosition === undefined || candidatePosition >= position) break
      result.push(candidate)
    }
    result.push(item)
  }
  return [...result, ...left.slice(next)]
}

/** Throws a plain error unless the items of the patch, those to delete aside, are in the order list and in its order. */
export function checkPatchOrder(patch: readonly JsonValue[], order: readonly JsonValue[], mergeKey: string): void {
  if (order.length === 0 || patch.length === 0) return
  const items = mergeKey === '' ? patch : patch.filter((item) => asMap(item)[patchDirective] !== 'delete')
  let position = 0
  for (const item of items) {
    if (position === order.length) throw wrongOrder(patch, order)
    if (hasPatchDirective(item)) continue
    const identity = itemIdentity(item, mergeKey)
    while (position < order.length && itemIdentity(order[position] as JsonValue, mergeKey) !== identity) position += 1
    if (position === order.length) throw wrongOrder(patch, order)
    position += 1
  }
}

function wrongOrder(patch: readonly JsonValue[], order: readonly JsonValue[]): Error {
  return plainError(
    `The order in patch list:\n${formatGoValue([...patch])}\n doesn't match $setElementOrder list:\n${formatGoValue([...order])}\n`,
  )
}
