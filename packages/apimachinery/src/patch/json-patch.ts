import { rejectedRequest } from '../errors/generic-response.ts'
import { encodeJson } from '../json/encode.ts'
import { isDeeperThan } from '../json/depth.ts'
import { deepCopy, deepEqual } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { utf8Length } from '../text/utf8.ts'
import type { JsonPatchOperations } from './json-patch-parse.ts'
import { addAt, hasIndex, lookUp, removeAt, replaceAt, resolvePointer } from './json-pointer.ts'

/** What `copy` operations may add to a document, in bytes of JSON. */
const maxCopiedBytes = 3 * 1024 * 1024
const maxDepth = 10_000

/** A patched document, so that an operation can replace the whole of it. */
interface Target {
  document: JsonValue
  copiedBytes: number
}

/**
 * Applies a JSON patch (RFC 6902) and leaves document and operations as they are. As the reference server does, it takes
 * negative indices from the end of a list, replaces and copies absent members of objects as if they were null, and adds null
 * where an operation has no value. Any failure is the 422 that does not tell why.
 */
export function applyJsonPatch(document: JsonValue, ops: JsonPatchOperations): JsonValue {
  const target: Target = { document: deepCopy(document), copiedBytes: 0 }
  for (const op of ops) if (!applyOperation(target, op ?? {})) throw rejectedRequest()
  if (target.copiedBytes > 0 && isDeeperThan(target.document, maxDepth)) throw rejectedRequest()
  return target.document
}

/** False when the operation cannot be applied. */
function applyOperation(target: Target, op: JsonObject): boolean {
  const { path, from } = { path: op['path'], from: op['from'] }
  if (typeof path !== 'string') return false
  switch (op['op']) {
    case 'add':
      return add(target, path, deepCopy(op['value'] ?? null))
    case 'remove':
      return remove(target, path)
    case 'replace':
      return replace(target, path, deepCopy(op['value'] ?? null))
    case 'test':
      return test(target, path, op['value'] ?? null)
    case 'move':
      return typeof from === 'string' && move(target, from, path)
    case 'copy':
      return typeof from === 'string' && copy(target, from, path)
    default:
      return false
  }
}

function add({ document }: Target, path: string, value: JsonValue): boolean {
  const place = resolvePointer(document, path)
  return place !== undefined && addAt(place, value)
}

function remove({ document }: Target, path: string): boolean {
  const place = resolvePointer(document, path)
  return place !== undefined && removeAt(place)
}

function replace(target: Target, path: string, value: JsonValue): boolean {
  if (path === '') {
    if (typeof value !== 'object' || value === null) return false
    target.document = value
    return true
  }
  const place = resolvePointer(target.document, path)
  return place !== undefined && replaceAt(place, value)
}

function test({ document }: Target, path: string, value: JsonValue): boolean {
  if (path === '') return deepEqual(document, value)
  const place = resolvePointer(document, path)
  return place !== undefined && hasIndex(place) && deepEqual(lookUp(place) ?? null, value)
}

function move(target: Target, from: string, path: string): boolean {
  const place = resolvePointer(target.document, from)
  if (place === undefined || !hasIndex(place)) return false
  const value = lookUp(place)
  return removeAt(place) && add(target, path, value ?? null)
}

function copy(target: Target, from: string, path: string): boolean {
  const place = resolvePointer(target.document, from)
  if (place === undefined || !hasIndex(place)) return false
  const value = lookUp(place) ?? null
  if (resolvePointer(target.document, path) === undefined) return false
  target.copiedBytes += utf8Length(encodeJson(value))
  return target.copiedBytes <= maxCopiedBytes && add(target, path, deepCopy(value))
}
