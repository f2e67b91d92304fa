import { isJsonObject, setOwn } from '../../json/objects.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import { badDirective, badElementOrder, badPrimitiveList, badRetainKeys } from './errors.ts'

/** In a map or an item of a list: `replace`, `delete` or `merge`. */
export const patchDirective = '$patch'
const retainKeysDirective = '$retainKeys'
const elementOrderPrefix = '$setElementOrder'
const primitiveDeletionPrefix = '$deleteFromPrimitiveList'

/** True for the key of a `$setElementOrder` directive. */
export function isElementOrder(key: string): boolean {
  return key.startsWith(elementOrderPrefix)
}

/** True for the key of a `$deleteFromPrimitiveList` directive. */
export function isPrimitiveDeletion(key: string): boolean {
  return key.startsWith(primitiveDeletionPrefix)
}

/** The list that a `$setElementOrder/<list>` is about. */
export function orderedList(key: string): string {
  if (!key.startsWith(`${elementOrderPrefix}/`)) throw badElementOrder()
  return key.slice(elementOrderPrefix.length + 1)
}

/** The list that a `$deleteFromPrimitiveList/<list>` is about. */
export function deletedFromList(key: string): string {
  if (!key.startsWith(`${primitiveDeletionPrefix}/`)) throw badPrimitiveList()
  return key.slice(primitiveDeletionPrefix.length + 1)
}

/** What a map with a `$patch` directive stands for, whatever it is merged into; undefined without one. Consumes the patch. */
export function applyMapDirective(patch: JsonObject): JsonObject | undefined {
  if (!Object.hasOwn(patch, patchDirective)) return undefined
  const directive = patch[patchDirective]
  if (directive === 'delete') return {}
  if (directive !== 'replace') throw badDirective(directive, patch)
  delete patch[patchDirective]
  return patch
}

/** Takes `$retainKeys` out of the patch and drops what it does not list. Everything that the patch sets must be listed. */
export function applyRetainKeys(original: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return
  const list = patch[retainKeysDirective]
  delete patch[retainKeysDirective]
  if (!Array.isArray(list)) throw badRetainKeys()
  const retained = new Set<JsonValue>(list)
  for (const key of Object.keys(patch)) {
    if (patch[key] === null || isPrimitiveDeletion(key) || isElementOrder(key)) continue
    if (!retained.has(key)) throw badRetainKeys()
  }
  for (const key of Object.keys(original)) if (!retained.has(key)) delete original[key]
}

/**
 * Content of a patch that has nothing to merge with: maps with a `$patch` directive are dropped wherever they are. Undefined
 * when nothing is left. Consumes the value.
 */
export function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (hasPatchDirective(value)) return undefined
  const content = Array.isArray(value) ? [...value] : value
  const waiting: JsonValue[] = [content]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) {
      const kept = next.filter((item) => !hasPatchDirective(item))
      for (const [index, item] of kept.entries()) next[index] = item
      next.length = kept.length
      pushContainers(kept, waiting)
    } else if (isJsonObject(next)) {
      for (const key of Object.keys(next)) if (hasPatchDirective(next[key])) delete next[key]
      pushContainers(Object.values(next), waiting)
    }
  }
  return content
}

/** True for a map that has a `$patch` directive. */
export function hasPatchDirective(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && Object.hasOwn(value, patchDirective)
}

/** Drops members that are null, at any depth; null items of lists stay. */
export function dropNulls(value: JsonValue): void {
  const waiting: JsonValue[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isJsonObject(next)) for (const key of Object.keys(next)) if (next[key] === null) delete next[key]
    if (typeof next === 'object' && next !== null) pushContainers(Object.values(next), waiting)
  }
}

function pushContainers(values: readonly (JsonValue | undefined)[], waiting: JsonValue[]): void {
  for (const value of values) if (typeof value === 'object' && value !== null) waiting.push(value)
}

/** Sets a field to content of a patch that has nothing to merge with. */
export function takeFromPatch(original: JsonObject, key: string, value: JsonValue): void {
  dropNulls(value)
  const content = withoutDirectives(value)
  if (content === undefined) delete original[key]
  else setOwn(original, key, content)
}
