import { badRequest } from '../errors/reasons.ts'
import { deepCopy, deepEqual, isJsonObject, setOwn } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'

/**
 * Applies a JSON merge patch (RFC 7386) and leaves both arguments as they are. As the reference server does, it also drops
 * nulls in what is new, and in objects inside of lists that replace anything but an object. Throws BadRequest for a patch
 * that is neither object nor list.
 */
export function applyMergePatch(document: JsonValue, patch: JsonValue): JsonValue {
  if (typeof patch !== 'object' || patch === null) throw badRequest('Invalid JSON Patch')
  const changes = deepCopy(patch)
  if (!isJsonObject(document) || !isJsonObject(changes)) {
    dropNulls(changes)
    return changes
  }
  const result = deepCopy(document)
  const waiting: [JsonObject, JsonObject][] = [[result, changes]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) mergeMembers(next[0], next[1], waiting)
  return result
}

/** Merges one level; objects on both sides wait for their turn. */
function mergeMembers(target: JsonObject, patch: JsonObject, waiting: [JsonObject, JsonObject][]): void {
  for (const key of Object.keys(patch)) {
    const change = patch[key]
    if (change === undefined) continue
    if (change === null) {
      delete target[key]
      continue
    }
    const current = Object.hasOwn(target, key) ? target[key] : undefined
    if (isJsonObject(current)) {
      if (isJsonObject(change)) waiting.push([current, change])
      else setOwn(target, key, change)
      continue
    }
    dropNulls(change)
    setOwn(target, key, change)
  }
}

/** Drops members that are null, also in objects inside of lists; null items of lists stay. */
function dropNulls(root: JsonValue): void {
  const waiting = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) {
      for (const item of value) waiting.push(item)
    } else if (isJsonObject(value)) {
      for (const key of Object.keys(value)) {
        const member = value[key]
        if (member === null) delete value[key]
        else if (member !== undefined) waiting.push(member)
      }
    }
  }
}

/**
 * The merge patch that turns `from` into `to`. Merge patch cannot say that a member becomes null, nor that a list holds an
 * object with a null member.
 */
export function createMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {}
  const waiting: Difference[] = [{ from, to, patch }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) compareMembers(next, waiting)
  return patch
}

interface Difference {
  readonly from: JsonObject
  readonly to: JsonObject
  /** Takes the changes between the two. */
  readonly patch: JsonObject
}

/** Compares one level; objects that differ wait for their turn. */
function compareMembers({ from, to, patch }: Difference, waiting: Difference[]): void {
  for (const key of Object.keys(from)) {
    if (from[key] !== undefined && (!Object.hasOwn(to, key) || to[key] === undefined)) setOwn(patch, key, null)
  }
  for (const key of Object.keys(to)) {
    const previous = Object.hasOwn(from, key) ? from[key] : undefined
    const next = to[key]
    if (next === undefined || deepEqual(previous, next)) continue
    if (isJsonObject(previous) && isJsonObject(next)) {
      const nested: JsonObject = {}
      setOwn(patch, key, nested)
      waiting.push({ from: previous, to: next, patch: nested })
    } else setOwn(patch, key, deepCopy(next))
  }
}
