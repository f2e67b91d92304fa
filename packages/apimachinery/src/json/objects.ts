import type { JsonObject, JsonValue } from '../meta/object.ts'

/** Sets an own property, also one with the name `__proto__`, which plain assignment would take for the prototype. */
export function setOwn(object: JsonObject, key: string, value: JsonValue | undefined): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else object[key] = value
}

/** True for objects that are no arrays. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Below this depth recursion is safe on any stack; deeper values are copied and compared with a stack of our own. */
const recursionLimit = 500

/** A copy that shares nothing with the original. Keeps key order and an own `__proto__`. */
export function deepCopy<Value extends JsonValue | undefined>(value: Value): Value {
  return copy(value, 0) as Value
}

function copy(value: JsonValue | undefined, depth: number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return value
  if (depth > recursionLimit) return copyWithStack(value)
  if (Array.isArray(value)) {
    const result = new Array<JsonValue>(value.length)
    for (let index = 0; index < value.length; index++) result[index] = copy(value[index], depth + 1) as JsonValue
    return result
  }
  const result: JsonObject = {}
  for (const key of Object.keys(value)) setOwn(result, key, copy(value[key], depth + 1))
  return result
}

function copyWithStack(root: JsonObject | JsonValue[]): JsonValue {
  const shell = (value: JsonObject | JsonValue[]): JsonObject | JsonValue[] => (Array.isArray(value) ? [] : {})
  const result = shell(root)
  const waiting: { from: JsonObject | JsonValue[]; to: JsonObject | JsonValue[] }[] = [{ from: root, to: result }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, to } = next
    for (const key of Object.keys(from)) {
      const value = (from as JsonObject)[key]
      let copied = value
      if (typeof value === 'object' && value !== null) {
        copied = shell(value)
        waiting.push({ from: value, to: copied })
      }
      setOwn(to as JsonObject, key, copied)
    }
  }
  return result
}

/** Equal JSON: key order does not matter, absent and undefined are the same, 1 and 1n are the same number. */
export function deepEqual(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  const waiting: [JsonValue | undefined, JsonValue | undefined][] = [[left, right]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [a, b] = next
    if (a === b) continue
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
      if (!isSameNumber(a, b)) return false
    } else if (Array.isArray(a) || Array.isArray(b)) {
      if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
      for (let index = 0; index < a.length; index++) waiting.push([a[index], b[index]])
    } else if (!pushMembers(a, b, waiting)) return false
  }
  return true
}

function isSameNumber(a: unknown, b: unknown): boolean {
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isInteger(b) && a === BigInt(b)
  return typeof a === 'number' && typeof b === 'bigint' && isSameNumber(b, a)
}

function pushMembers(a: JsonObject, b: JsonObject, waiting: [JsonValue | undefined, JsonValue | undefined][]): boolean {
  let count = 0
  for (const key of Object.keys(a)) {
    const value = a[key]
    if (value === undefined) continue
    count += 1
    if (!Object.hasOwn(b, key)) return false
    waiting.push([value, b[key]])
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) count -= 1
  return count === 0
}
