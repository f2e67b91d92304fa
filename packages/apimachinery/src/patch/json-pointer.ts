import { setOwn } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'

/** Where a JSON pointer (RFC 6901) points: a container and the key in it, which may be absent. */
export interface PointedPlace {
  readonly container: JsonObject | JsonValue[]
  readonly key: string
}

/**
 * The place that `pointer` names, or undefined when a container on the way is absent or none. What stands before the first
 * slash is ignored, as the reference server does; the empty pointer has no container.
 */
export function resolvePointer(document: JsonValue, pointer: string): PointedPlace | undefined {
  const parts = pointer.split('/')
  if (parts.length < 2) return undefined
  const key = unescape(parts[parts.length - 1] ?? '')
  let container = document
  for (const part of parts.slice(1, -1)) {
    if (typeof container !== 'object' || container === null) return undefined
    container = lookUp({ container, key: unescape(part) }) ?? null
  }
  return typeof container === 'object' && container !== null ? { container, key } : undefined
}

/** The value at a place; undefined where there is none. */
export function lookUp({ container, key }: PointedPlace): JsonValue | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined
  const index = existingIndex(container, key)
  return index === undefined ? undefined : container[index]
}

/** False for a list that has no such index. Objects always have room for a key. */
export function hasIndex({ container, key }: PointedPlace): boolean {
  return !Array.isArray(container) || existingIndex(container, key) !== undefined
}

/** Sets a member, or inserts into a list; `-` appends. False when the index is none or lies outside. */
export function addAt({ container, key }: PointedPlace, value: JsonValue): boolean {
  if (!Array.isArray(container)) {
    setOwn(container, key, value)
    return true
  }
  const index = key === '-' ? container.length : indexWithin(key, container.length + 1, container.length)
  if (index === undefined) return false
  container.splice(index, 0, value)
  return true
}

/** Sets a member, or an existing item of a list. */
export function replaceAt({ container, key }: PointedPlace, value: JsonValue): boolean {
  if (!Array.isArray(container)) {
    setOwn(container, key, value)
    return true
  }
  const index = existingIndex(container, key)
  if (index === undefined) return false
  container[index] = value
  return true
}

/** Removes what is there; false when nothing is. */
export function removeAt({ container, key }: PointedPlace): boolean {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) && delete container[key]
  const index = existingIndex(container, key)
  if (index === undefined) return false
  container.splice(index, 1)
  return true
}

function existingIndex(list: readonly JsonValue[], key: string): number | undefined {
  return indexWithin(key, list.length, list.length - 1)
}

/** A decimal index, with negative ones counted back from `length`. */
function indexWithin(key: string, length: number, last: number): number | undefined {
  if (!/^[+-]?\d+$/.test(key)) return undefined
  const number = Number(key)
  const index = number < 0 ? number + length : number + 0
  return index >= 0 && index <= last ? index : undefined
}

function unescape(part: string): string {
  return part.includes('~') ? part.replace(/~[01]/g, (escape) => (escape === '~1' ? '/' : '~')) : part
}
