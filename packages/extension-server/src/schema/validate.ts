import {
  type FieldError,
  FieldPath,
  invalidValue,
  type JsonObject,
  type JsonValue,
  notSupported,
  required,
  tooFew,
  tooLongCharacters,
  tooMany,
  tooShort,
} from '@fairlead/apimachinery'
import type { SchemaNode } from './schema-type.ts'

/** What is wrong with a decoded value: absent required fields, and values outside their bounds. */
export function validateNode(node: SchemaNode, value: JsonValue, path: FieldPath | undefined): readonly FieldError[] {
  switch (node.type) {
    case 'string':
      return typeof value === 'string' ? stringErrors(node, value, path) : []
    case 'integer':
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' ? numberErrors(node, value, path) : []
    case 'array':
      return Array.isArray(value) ? arrayErrors(node, value, path) : []
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, item]) => validateNode(node.values, item ?? null, keyed(path, key)))
        : []
    case 'object':
      return isObject(value) ? objectErrors(node, value, path) : []
    default:
      return []
  }
}

function objectErrors(
  { fields }: Extract<SchemaNode, { readonly type: 'object' }>,
  value: JsonObject,
  path: FieldPath | undefined,
): readonly FieldError[] {
  return Object.entries(fields).flatMap(([name, node]) => {
    const own = path === undefined ? FieldPath.root(name) : path.child(name)
    const item = value[name]
    if (item !== undefined) return validateNode(node, item, own)
    return node.optional === true ? [] : [required(own, '')]
  })
}

function stringErrors(
  node: Extract<SchemaNode, { readonly type: 'string' }>,
  value: string,
  path: FieldPath | undefined,
): readonly FieldError[] {
  const { enum: values, minLength, maxLength, pattern } = node
  // Code points, as upstream counts: a pair of surrogates is one character.
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length
  return [
    ...(values !== undefined && !values.includes(value) ? [notSupported(path, value, values)] : []),
    ...(minLength !== undefined && length < minLength ? [tooShort(path, value, minLength)] : []),
    ...(maxLength !== undefined && length > maxLength ? [tooLongCharacters(path, value, maxLength)] : []),
    ...(pattern !== undefined && value.search(pattern) < 0
      ? [invalidValue(path, value, `should match '${pattern.source}'`)]
      : []),
  ]
}

function numberErrors(
  { minimum, maximum }: Extract<SchemaNode, { readonly type: 'integer' | 'number' }>,
  value: number | bigint,
  path: FieldPath | undefined,
): readonly FieldError[] {
  return [
    ...(minimum !== undefined && value < minimum
      ? [invalidValue(path, value, `should be greater than or equal to ${minimum}`)]
      : []),
    ...(maximum !== undefined && value > maximum
      ? [invalidValue(path, value, `should be less than or equal to ${maximum}`)]
      : []),
  ]
}

function arrayErrors(
  { items, minItems, maxItems }: Extract<SchemaNode, { readonly type: 'array' }>,
  value: readonly JsonValue[],
  path: FieldPath | undefined,
): readonly FieldError[] {
  return [
    ...(minItems !== undefined && value.length < minItems ? [tooFew(path, value.length, minItems)] : []),
    ...(maxItems !== undefined && value.length > maxItems ? [tooMany(path, value.length, maxItems)] : []),
    ...value.flatMap((item, index) => validateNode(items, item, path?.index(index))),
  ]
}

function keyed(path: FieldPath | undefined, key: string): FieldPath | undefined {
  return path?.key(key)
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
