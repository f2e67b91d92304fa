import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { type FieldType, type MessageField, type MessageType, maxMessageDepth } from './message-type.ts'
import { scalarCodecs } from './scalars.ts'
import { specialCodecs } from './special-messages.ts'

/**
 * Writes `object` as a message of `type`. Members that the type does not know (apiVersion, kind) are not written. Values
 * must have the JSON types of their fields.
 */
export function encodeMessage(type: MessageType, object: JsonObject): Uint8Array {
  const writer = new BinaryWriter()
  writeMessage(writer, object, type, 0)
  return writer.finish()
}

function writeMessage(writer: BinaryWriter, object: JsonObject, type: MessageType, depth: number): void {
  if (depth > maxMessageDepth) throw new RangeError(`${type.name} is nested deeper than ${maxMessageDepth} messages`)
  for (const field of type.fields) writeField(writer, object, field, depth)
}

function writeField(writer: BinaryWriter, object: JsonObject, field: MessageField, depth: number): void {
  if (field.cardinality === 'embedded') {
    writeValue(writer, object, field, depth)
    return
  }
  const value = Object.hasOwn(object, field.name) ? (object[field.name] ?? undefined) : undefined
  switch (field.cardinality) {
    case 'value':
      if (value !== undefined || !isNilable(field.type)) writeValue(writer, value, field, depth)
      return
    case 'pointer':
      if (value !== undefined) writeValue(writer, value, field, depth)
      return
    case 'list':
      if (Array.isArray(value)) for (const item of value) writeValue(writer, item, field, depth)
      return
    case 'map':
      if (value !== undefined) writeMap(writer, value as JsonObject, field, depth)
  }
}

/** Entries {1: key, 2: value} in the order of keys; absent bytes are left out. */
function writeMap(writer: BinaryWriter, map: JsonObject, field: MessageField, depth: number): void {
  for (const key of Object.keys(map).sort()) {
    writer.tag(field.number, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(key)
    const value = map[key] ?? undefined
    if (field.type.kind !== 'bytes' || value !== undefined) {
      writeValue(writer, value, { number: 2, type: field.type }, depth)
    }
    writer.join()
  }
}

/** Values that Go keeps in a slice: there is nothing to write when they are absent. */
function isNilable(type: FieldType): boolean {
  return type.kind === 'bytes' || type.kind === 'strings'
}

/** Writes tag and value; the zero value when there is none. */
function writeValue(
  writer: BinaryWriter,
  value: JsonValue | undefined,
  field: { readonly number: number; readonly type: FieldType },
  depth: number,
): void {
  const { type, number } = field
  switch (type.kind) {
    case 'message':
      writer.tag(number, WireType.LengthDelimited).fork()
      writeMessage(writer, (value ?? {}) as JsonObject, type.message, depth + 1)
      writer.join()
      return
    case 'schemaOrList':
    case 'schemaOrBool':
    case 'schemaOrStrings':
      writer.tag(number, WireType.LengthDelimited).fork()
      writeSchemaUnion(writer, value ?? undefined, type, depth + 1)
      writer.join()
      return
    case 'time':
    case 'microTime':
    case 'quantity':
    case 'intOrString':
    case 'json':
    case 'strings':
      writer.tag(number, WireType.LengthDelimited).fork()
      specialCodecs[type.kind].write(writer, value)
      writer.join()
      return
    default: {
      const codec = scalarCodecs[type.kind]
      writer.tag(number, codec.wireType)
      codec.write(writer, value ?? codec.zero)
    }
  }
}

function writeSchemaUnion(
  writer: BinaryWriter,
  value: JsonValue | undefined,
  type: Extract<FieldType, { message: MessageType }>,
  depth: number,
): void {
  const isSchema = typeof value === 'object' && !Array.isArray(value)
  const schema = { kind: 'message', message: type.message } as const
  if (type.kind === 'schemaOrBool') {
    writer.tag(1, WireType.Varint).bool(isSchema || value === true)
    if (isSchema) writeValue(writer, value, { number: 2, type: schema }, depth)
    return
  }
  if (isSchema) writeValue(writer, value, { number: 1, type: schema }, depth)
  const items = type.kind === 'schemaOrList' ? schema : ({ kind: 'string' } as const)
  if (Array.isArray(value)) for (const item of value) writeValue(writer, item, { number: 2, type: items }, depth)
}
