import { deepCopy, type JsonValue } from '@fairlead/apimachinery'
import { decodeBytes } from './base64.ts'
import { decodeSchemaOrArray, decodeSchemaOrBool, decodeSchemaOrStrings } from './decode-json-schema.ts'
import { decodeQuantity } from './decode-quantity.ts'
import { type DecodeState, foundText, mismatch } from './decode-state.ts'
import { decodeMicroTime, decodeTime } from './decode-time.ts'
import type { PlainSchema } from './schema.ts'

const maxInt32 = 2 ** 31 - 1
const minInt32 = -(2 ** 31)
const maxInt64 = 2n ** 63n - 1n
const minInt64 = -(2n ** 63n)

/** Reads a value without declared parts. Null when it reads as nothing (a zero time). */
export function decodePlain(schema: PlainSchema, value: JsonValue, state: DecodeState): JsonValue {
  switch (schema.kind) {
    case 'string':
      if (typeof value === 'string') return value
      throw mismatch(state, foundText(value))
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw mismatch(state, foundText(value))
    case 'int32':
      if (isInt32(value)) return value + 0
      throw mismatch(state, numberText(value))
    case 'int64':
      if (isInt64(value)) return typeof value === 'number' ? value + 0 : value
      throw mismatch(state, numberText(value))
    case 'double':
      if (typeof value === 'number' || typeof value === 'bigint') return Number(value) + 0
      throw mismatch(state, foundText(value))
    case 'byte':
      if (typeof value === 'string') return decodeBytes(value)
      throw mismatch(state, foundText(value))
    case 'IntOrString':
      if (typeof value === 'string' || isInt32(value)) return value
      throw mismatch(state, numberText(value), 'int32')
    case 'Quantity':
      return decodeQuantity(value)
    case 'Time':
      if (typeof value === 'string') return decodeTime(value)
      throw mismatch(state, foundText(value), 'string')
    case 'MicroTime':
      if (typeof value === 'string') return decodeMicroTime(value)
      throw mismatch(state, foundText(value), 'string')
    case 'JSONSchemaPropsOrArray':
      return decodeSchemaOrArray(schema, value, state)
    case 'JSONSchemaPropsOrBool':
      return decodeSchemaOrBool(schema, value, state)
    case 'JSONSchemaPropsOrStringArray':
      return decodeSchemaOrStrings(schema, value, state)
    default:
      return deepCopy(value)
  }
}

/** What null reads as in a list or a map of such values. */
export function zeroOfPlain(schema: PlainSchema): JsonValue {
  switch (schema.kind) {
    case 'string':
    case 'byte':
      return ''
    case 'int32':
    case 'int64':
    case 'double':
    case 'IntOrString':
      return 0
    case 'boolean':
    case 'JSONSchemaPropsOrBool':
      return false
    case 'Quantity':
      return '0'
    default:
      return null
  }
}

function isInt32(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= minInt32 && value <= maxInt32
}

function isInt64(value: JsonValue): value is number | bigint {
  if (typeof value === 'number') return Number.isSafeInteger(value)
  return typeof value === 'bigint' && value >= minInt64 && value <= maxInt64
}

/** Numbers that do not fit an integer are shown. */
function numberText(value: JsonValue): string {
  return typeof value === 'number' || typeof value === 'bigint' ? `number ${value}` : foundText(value)
}
