import type { JsonObject, JsonValue } from '@fairlead/apimachinery'

/** Walks own members of objects; undefined as soon as one is missing. */
export function at(value: unknown, ...path: readonly string[]): JsonValue | undefined {
  let current: unknown = value
  for (const key of path) current = isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined
  return current as JsonValue | undefined
}

/** The string at a path; empty when there is none. */
export function stringAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** The strings in the list at a path. */
export function stringsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : []
}

/** The objects in the list at a path. */
export function objectsAt(value: unknown, ...path: readonly string[]): readonly JsonObject[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

/** The object at a path. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject | undefined {
  const found = at(value, ...path)
  return isObject(found) ? found : undefined
}

/** Whether a value is a JSON object, which null and lists are not. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
