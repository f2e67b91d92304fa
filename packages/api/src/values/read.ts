import type { JsonObject, JsonValue } from '@fairlead/apimachinery'

/** Whether `value` is a JSON object (not null, not a list). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The own member `key` of an object; undefined when `value` is no object or has no such member. */
export function member(value: unknown, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** Walks own members; undefined as soon as one is missing. */
export function at(value: unknown, ...path: readonly string[]): JsonValue | undefined {
  let current: unknown = value
  for (const key of path) current = member(current, key)
  return current as JsonValue | undefined
}

/** The object at a path; an empty one when there is none. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

/** The list at a path; an empty one when there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly JsonValue[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The string at a path; '' when there is none. */
export function stringAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** The number at a path; undefined when there is none. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : typeof found === 'bigint' ? Number(found) : undefined
}

/** Whether the value at a path is `true`. */
export function isTrueAt(value: unknown, ...path: readonly string[]): boolean {
  return at(value, ...path) === true
}

/** Members of a string map in key order; other values are skipped. */
export function stringEntriesAt(value: unknown, ...path: readonly string[]): readonly (readonly [string, string])[] {
  const entries: [string, string][] = []
  for (const [key, text] of Object.entries(objectAt(value, ...path))) {
    if (typeof text === 'string') entries.push([key, text])
  }
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
