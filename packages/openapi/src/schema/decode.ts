import { type JsonObject, type JsonValue, setOwn } from '@fairlead/apimachinery'
import type { DecodedBody } from '../resource/kind-description.ts'
import { decodePlain, zeroOfPlain } from './decode-plain.ts'
import { type DecodeState, enterStruct, foundText, mismatch, newDecodeState } from './decode-state.ts'
import { elementGoType } from './go-type.ts'
import {
  type FieldSchema,
  isComposite,
  type ListSchema,
  type MapSchema,
  type Schema,
  type StructSchema,
} from './schema.ts'
import { unknownFields } from './unknown-fields.ts'

/**
 * Reads a body: known fields only, in the order of the schema, with what absent fields write and the defaults of each
 * struct, those of the inner ones first. Null reads as absent.
 * Decoding what was decoded changes nothing. Never keeps a reference into `body`. Throws `TypeMismatchError`.
 */
export function decodeWithSchema(schema: StructSchema, body: JsonObject): DecodedBody {
  const state = newDecodeState(decodeStruct)
  const object = decodeStruct(schema, body, state)
  return { object, unknownFields: state.unknown ? unknownFields(schema, body) : noFields }
}

const noFields: readonly string[] = []
const emptyBody: JsonObject = {}

function decodeStruct(schema: StructSchema, body: JsonObject, state: DecodeState): JsonObject {
  enterStruct(state)
  const { list, byName } = schema.fields()
  const result: JsonObject = {}
  let present = 0
  for (const field of list) {
    const value = body[field.name]
    if (value !== undefined) present += 1
    const decoded = value === undefined || value === null ? undefined : decodeField(field, value, state)
    if (decoded !== undefined && !(field.zeroIsAbsent && isZero(decoded))) result[field.name] = decoded
    else writeAbsent(field, result, state)
  }
  if (!state.unknown && countKeys(body) !== present) {
    for (const key in body) if (!byName.has(key) && body[key] !== undefined) state.unknown = true
  }
  state.depth -= 1
  const added = schema.defaults?.(result)
  return added === undefined ? result : withAdded(list, result, added)
}

/** A struct with other values for some of its fields, in the order of the schema. */
function withAdded(list: readonly FieldSchema[], object: JsonObject, added: JsonObject): JsonObject {
  const result: JsonObject = {}
  for (const { name, schema } of list) {
    const present = object[name]
    const value = added[name] ?? present
    if (value === undefined) continue
    const isPart = value !== present && schema.kind === 'struct' && isObject(value)
    result[name] = isPart ? withAdded(schema.fields().list, isObject(present) ? present : emptyBody, value) : value
  }
  return result
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function countKeys(body: JsonObject): number {
  let count = 0
  for (const _ in body) count += 1
  return count
}

function writeAbsent(field: FieldSchema, result: JsonObject, state: DecodeState): void {
  const { absent } = field
  if (absent.write === 'value') result[field.name] = absent.value
  else if (absent.write === 'struct') result[field.name] = decodeStruct(absent.schema, emptyBody, state)
}

function isZero(value: JsonValue): boolean {
  if (typeof value !== 'object') return value === '' || value === 0 || value === false
  if (value === null) return true
  if (Array.isArray(value)) return value.length === 0
  for (const _ in value) return false
  return true
}

/** Undefined when the value reads as absent. */
function decodeField(field: FieldSchema, value: JsonValue, state: DecodeState): JsonValue | undefined {
  const { schema } = field
  state.field = field
  state.goType = field.goType
  if (!isComposite(schema)) return decodePlain(schema, value, state) ?? undefined
  state.path.push(field)
  const decoded = decodeComposite(schema, value, state)
  state.path.pop()
  return decoded
}

function decodeComposite(
  schema: ListSchema | MapSchema | StructSchema,
  value: JsonValue,
  state: DecodeState,
): JsonValue {
  if (schema.kind === 'list') return decodeList(schema, value, state)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(state, foundText(value))
  return schema.kind === 'struct' ? decodeStruct(schema, value, state) : decodeMap(schema, value, state)
}

function decodeList(schema: ListSchema, value: JsonValue, state: DecodeState): JsonValue[] {
  if (!Array.isArray(value)) throw mismatch(state, foundText(value))
  const result: JsonValue[] = []
  const { field } = state
  const goType = elementGoType(state.goType, schema.of)
  for (let index = 0; index < value.length; index += 1) {
    state.field = field
    state.goType = goType
    result.push(decodeElement(schema.of, { step: index, value: value[index] as JsonValue }, state))
  }
  return result
}

function decodeMap(schema: MapSchema, value: JsonObject, state: DecodeState): JsonObject {
  const result: JsonObject = {}
  const { field } = state
  const goType = elementGoType(state.goType, schema.of)
  for (const key of Object.keys(value).sort()) {
    const element = value[key]
    if (element === undefined) continue
    state.field = field
    state.goType = goType
    const decoded = decodeElement(schema.of, { step: key, value: element }, state)
    if (key === '__proto__') setOwn(result, key, decoded)
    else result[key] = decoded
  }
  return result
}

function decodeElement(
  schema: Schema,
  { step, value }: { readonly step: number | string; readonly value: JsonValue },
  state: DecodeState,
): JsonValue {
  if (value === null) return zeroOf(schema, state)
  if (!isComposite(schema)) return decodePlain(schema, value, state)
  state.path.push(step)
  const decoded = decodeComposite(schema, value, state)
  state.path.pop()
  return decoded
}

/** What a null list element or map value reads as. */
function zeroOf(schema: Schema, state: DecodeState): JsonValue {
  if (schema.kind === 'struct') return decodeStruct(schema, emptyBody, state)
  return schema.kind === 'list' || schema.kind === 'map' ? null : zeroOfPlain(schema)
}
