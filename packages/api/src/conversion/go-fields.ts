/**
 * Reads JSON the way Go's decoder fills a struct: names match exactly or else without regard to case, null and absent
 * are the zero value, and a value of another type fails. Annotations are written by users, so their content is not trusted.
 */
import { deepCopy, type JsonObject, type JsonValue, parseQuantity } from '@fairlead/apimachinery'
import { isObject } from '../values/read.ts'

/** A value does not have the type that the field has. */
export class FieldTypeError extends Error {
  override readonly name = 'FieldTypeError'
}

function field(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const other = Object.keys(object).find((key) => key.toLowerCase() === lower)
  return other === undefined ? undefined : object[other]
}

function fail(name: string): never {
  throw new FieldTypeError(`field ${name} has another type`)
}

/** A string field; '' when absent. */
export function text(object: JsonObject, name: string): string {
  const value = field(object, name) ?? ''
  return typeof value === 'string' ? value : fail(name)
}

/** An optional string field, which may be empty. */
export function optionalText(object: JsonObject, name: string): string | undefined {
  return (field(object, name) ?? undefined) === undefined ? undefined : text(object, name)
}

/** An optional int32 field. */
export function int32(object: JsonObject, name: string): number | undefined {
  const value = field(object, name) ?? undefined
  if (value === undefined) return undefined
  return typeof value === 'number' && (value | 0) === value ? value : fail(name)
}

/** An optional quantity field in canonical form; a number is a quantity too. */
export function quantity(object: JsonObject, name: string): string | undefined {
  const value = field(object, name) ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'string' && typeof value !== 'number') return fail(name)
  try {
    return parseQuantity(String(value)).toString()
  } catch (cause) {
    throw new FieldTypeError(`field ${name} is no quantity`, { cause })
  }
}

/** An optional struct field. */
export function struct(object: JsonObject, name: string): JsonObject | undefined {
  const value = field(object, name) ?? undefined
  if (value === undefined) return undefined
  return isObject(value) ? value : fail(name)
}

/** An optional list of structs; null members are zero structs. */
export function structs(object: JsonObject, name: string): readonly JsonObject[] | undefined {
  const value = field(object, name) ?? undefined
  return value === undefined ? undefined : structList(value)
}

/** A whole value that is a list of structs. Null is an empty list. */
export function structList(value: JsonValue): readonly JsonObject[] {
  if (value === null) return []
  if (!Array.isArray(value)) return fail('list')
  return value.map((item) => (item === null ? {} : isObject(item) ? item : fail('list item')))
}

/** An optional field that holds a LabelSelector. */
export function selector(object: JsonObject, name: string): JsonObject | undefined {
  const value = struct(object, name)
  if (value === undefined) return undefined
  const labels = struct(value, 'matchLabels')
  const expressions = structs(value, 'matchExpressions')
  return compact({
    matchLabels: labels === undefined ? undefined : deepCopy(labels),
    matchExpressions: expressions === undefined ? undefined : deepCopy([...expressions]),
  })
}

/** A copy without undefined members. */
export function compact(object: JsonObject): JsonObject {
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(object)) if (value !== undefined) result[key] = value
  return result
}
