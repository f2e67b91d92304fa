import { type JsonObject, type JsonValue, setOwn } from '@fairlead/apimachinery'

/** A copy of an object with the keys of every object in it in order. Takes any depth. */
export function sortKeys(object: JsonObject): JsonObject {
  const sorted: JsonObject = {}
  const pending: { readonly from: JsonObject | readonly JsonValue[]; readonly to: JsonObject | JsonValue[] }[] = [
    { from: object, to: sorted },
  ]
  const copyOf = (value: JsonValue | undefined): JsonValue | undefined => {
    if (value === null || typeof value !== 'object') return value
    const to = Array.isArray(value) ? [] : {}
    pending.push({ from: value, to })
    return to
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { from, to } = next
    if (Array.isArray(to)) {
      for (const value of from as readonly JsonValue[]) to.push(copyOf(value) ?? null)
    } else {
      const source = from as JsonObject
      for (const key of Object.keys(source).sort()) setOwn(to, key, copyOf(source[key]) ?? null)
    }
  }
  return sorted
}
