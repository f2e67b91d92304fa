import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { setOwn } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { type FieldType, type MessageField, type MessageType, maxMessageDepth } from './message-type.ts'
import { scalarCodecs } from './scalars.ts'
import { expectWireType, type FieldVisitor, specialCodecs } from './special-messages.ts'
import { ProtobufSyntaxError } from './syntax-error.ts'

/**
 * Reads a message of `type` into a fresh object. Unknown fields are skipped; a field that comes twice is merged when it
 * is a message and replaced otherwise. Throws ProtobufSyntaxError, whatever the bytes are; time and memory are linear in
 * their length.
 */
export function decodeMessage(type: MessageType, bytes: Uint8Array): JsonObject {
  const reader = new BinaryReader(bytes)
  const object: JsonObject = {}
  withSyntaxErrors(() => readMessage(reader, reader.len, { object, type, depth: 0 }))
  return object
}

/** Runs `read` and makes a ProtobufSyntaxError of what BinaryReader throws (RangeError and plain Error). */
export function withSyntaxErrors<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof RangeError) throw new ProtobufSyntaxError('unexpected EOF', { cause })
    if (cause instanceof Error && cause.constructor === Error) {
      throw new ProtobufSyntaxError(`proto: ${cause.message}`, { cause })
    }
    throw cause
  }
}

interface MessageTarget {
  readonly object: JsonObject
  readonly type: MessageType
  readonly depth: number
}

function readMessage(reader: BinaryReader, end: number, target: MessageTarget): void {
  if (target.depth > maxMessageDepth) throw new ProtobufSyntaxError(`nested deeper than ${maxMessageDepth} messages`)
  readFields(reader, end, (number, wireType) => {
    const field = target.type.fieldsByNumber.get(number)
    if (field === undefined) return false
    readField(reader, wireType, field, target)
    return true
  })
}

/** Walks the fields up to `end`, which no field may overrun. */
export function readFields(reader: BinaryReader, end: number, visit: FieldVisitor): void {
  while (reader.pos < end) {
    const [number, wireType] = reader.tag()
    if (!visit(number, wireType)) reader.skip(wireType, number)
  }
  if (reader.pos > end) throw new ProtobufSyntaxError('unexpected EOF')
}

function readField(reader: BinaryReader, wireType: WireType, field: MessageField, target: MessageTarget): void {
  const { object, depth } = target
  switch (field.cardinality) {
    case 'embedded':
      readValue(reader, wireType, field, { previous: object, depth })
      return
    case 'value':
    case 'pointer': {
      const value = readValue(reader, wireType, field, { previous: own(object, field.name), depth })
      if (value === undefined || (field.cardinality === 'value' && isZero(field.type, value))) delete object[field.name]
      else object[field.name] = value
      return
    }
    case 'list': {
      const list = own(object, field.name)
      const items = Array.isArray(list) ? list : []
      object[field.name] = items
      readItems(reader, wireType, field, { items, depth })
      return
    }
    case 'map': {
      const previous = own(object, field.name)
      const map = isObject(previous) ? previous : {}
      object[field.name] = map
      readMapEntry(reader, wireType, field, { map, depth })
    }
  }
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Numbers and booleans may come packed, many in one length-delimited field. */
function readItems(
  reader: BinaryReader,
  wireType: WireType,
  field: MessageField,
  target: { readonly items: JsonValue[]; readonly depth: number },
): void {
  const { kind } = field.type
  const scalar = kind in scalarCodecs ? scalarCodecs[kind as keyof typeof scalarCodecs] : undefined
  const canBePacked = scalar !== undefined && scalar.wireType !== WireType.LengthDelimited
  if (canBePacked && wireType === WireType.LengthDelimited) {
    const end = endOfDelimited(reader)
    while (reader.pos < end) target.items.push(scalar.read(reader))
    if (reader.pos > end) throw new ProtobufSyntaxError('unexpected EOF')
    return
  }
  target.items.push(
    readValue(reader, wireType, field, { previous: undefined, depth: target.depth }) ?? zeroOf(field.type),
  )
}

function readMapEntry(
  reader: BinaryReader,
  wireType: WireType,
  field: MessageField,
  target: { readonly map: JsonObject; readonly depth: number },
): void {
  expectWireType(wireType, WireType.LengthDelimited, field.name)
  let key = ''
  let value: JsonValue | undefined
  const valueField = { ...field, number: 2 }
  readFields(reader, endOfDelimited(reader), (number, entryWireType) => {
    if (number === 1) {
      expectWireType(entryWireType, WireType.LengthDelimited, field.name)
      key = reader.string()
      return true
    }
    if (number !== 2) return false
    value = readValue(reader, entryWireType, valueField, { previous: undefined, depth: target.depth })
    return true
  })
  setOwn(target.map, key, value ?? zeroOf(field.type))
}

/** Where the length-delimited value at the reader ends; the length is checked against what is left. */
function endOfDelimited(reader: BinaryReader): number {
  const length = reader.uint32()
  if (length > reader.len - reader.pos) throw new ProtobufSyntaxError('unexpected EOF')
  return reader.pos + length
}

function readValue(
  reader: BinaryReader,
  wireType: WireType,
  field: MessageField,
  context: { readonly previous: JsonValue | undefined; readonly depth: number },
): JsonValue | undefined {
  const { type } = field
  const depth = context.depth + 1
  switch (type.kind) {
    case 'message': {
      expectWireType(wireType, WireType.LengthDelimited, field.name)
      const object = isObject(context.previous) ? context.previous : {}
      readMessage(reader, endOfDelimited(reader), { object, type: type.message, depth })
      return object
    }
    case 'schemaOrList':
    case 'schemaOrBool':
    case 'schemaOrStrings':
      expectWireType(wireType, WireType.LengthDelimited, field.name)
      return readSchemaUnion(reader, endOfDelimited(reader), type, depth)
    case 'time':
    case 'microTime':
    case 'quantity':
    case 'intOrString':
    case 'json':
    case 'strings':
      expectWireType(wireType, WireType.LengthDelimited, field.name)
      return specialCodecs[type.kind].read(reader, endOfDelimited(reader), readFields)
    default: {
      const codec = scalarCodecs[type.kind]
      expectWireType(wireType, codec.wireType, field.name)
      return codec.read(reader)
    }
  }
}

function readSchemaUnion(
  reader: BinaryReader,
  end: number,
  type: Extract<FieldType, { message: MessageType }>,
  depth: number,
): JsonValue | undefined {
  const { kind, message } = type
  let schema: JsonObject | undefined
  let allows = false
  const list: JsonValue[] = []
  const readSchema = (): JsonObject => {
    const object: JsonObject = {}
    readMessage(reader, endOfDelimited(reader), { object, type: message, depth: depth + 1 })
    return object
  }
  readFields(reader, end, (number, wireType) => {
    if (number !== 1 && number !== 2) return false
    const isBool = kind === 'schemaOrBool' && number === 1
    expectWireType(wireType, isBool ? WireType.Varint : WireType.LengthDelimited, message.name)
    if (isBool) allows = reader.bool()
    else if (number === (kind === 'schemaOrBool' ? 2 : 1)) schema = readSchema()
    else list.push(kind === 'schemaOrList' ? readSchema() : reader.string())
    return true
  })
  if (list.length > 0) return list
  return schema ?? (kind === 'schemaOrBool' ? allows : undefined)
}

/** What a list or map holds where the wire says nothing. */
function zeroOf(type: FieldType): JsonValue {
  switch (type.kind) {
    case 'message':
      return {}
    case 'schemaOrList':
    case 'schemaOrBool':
    case 'schemaOrStrings':
      return null
    case 'time':
    case 'microTime':
    case 'quantity':
    case 'intOrString':
    case 'json':
      return specialCodecs[type.kind].zero
    case 'strings':
      return []
    default:
      return scalarCodecs[type.kind].zero
  }
}

/** Zero scalars of fields that are always written say nothing: a JSON client leaves them out. Empty bytes do not. */
function isZero(type: FieldType, value: JsonValue): boolean {
  return type.kind in scalarCodecs && type.kind !== 'bytes' && (value === '' || value === false || value === 0)
}
