/** Messages whose JSON form is not an object of their fields. */
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { encodeJsonBytes } from '../json/encode.ts'
import { parseJson } from '../json/parse.ts'
import { JsonSyntaxError } from '../json/syntax-error.ts'
import type { JsonValue } from '../meta/object.ts'
import type { SpecialKind } from './message-type.ts'
import { ProtobufSyntaxError } from './syntax-error.ts'
import { timestampText, writeTimestamp } from './timestamps.ts'

/** What `readFields` gives its visitor: a field number; the visitor reads the value or says that it did not. */
export type FieldVisitor = (number: number, wireType: WireType) => boolean

/** Walks the fields of the message that ends at `end`, skipping those that the visitor does not read. */
export type ReadFields = (reader: BinaryReader, end: number, visit: FieldVisitor) => void

/** How one special message goes to the wire and back. */
export interface SpecialCodec {
  /** What stands in lists and maps for a message without content. */
  readonly zero: JsonValue
  /** Writes the fields of the message. `value` is undefined or null for the zero message. */
  write(writer: BinaryWriter, value: JsonValue | undefined): void
  /** Reads the message that ends at `end`. Undefined when it says "nothing". */
  read(reader: BinaryReader, end: number, readFields: ReadFields): JsonValue | undefined
}

/** The codecs of all special messages. */
export const specialCodecs: Readonly<Record<SpecialKind, SpecialCodec>> = {
  time: timeCodec('seconds'),
  microTime: timeCodec('micros'),
  quantity: {
    zero: '0',
    write: (writer, value) => void writer.tag(1, WireType.LengthDelimited).string(String(value ?? '0')),
    read(reader, end, readFields) {
      let text = '0'
      readFields(reader, end, (number, wireType) => {
        if (number !== 1) return false
        expectWireType(wireType, WireType.LengthDelimited, 'string')
        text = reader.string()
        return true
      })
      return text
    },
  },
  intOrString: {
    zero: 0,
    write(writer, value) {
      const isText = typeof value === 'string'
      writer.tag(1, WireType.Varint).int64(isText ? 1 : 0)
      writer.tag(2, WireType.Varint).int32(isText ? 0 : Number(value ?? 0))
      writer.tag(3, WireType.LengthDelimited).string(isText ? value : '')
    },
    read: readIntOrString,
  },
  json: {
    zero: null,
    write(writer, value) {
      if (value === undefined || value === null) return
      writer.tag(1, WireType.LengthDelimited).bytes(encodeJsonBytes(value))
    },
    read: readJson,
  },
  strings: {
    zero: [],
    write(writer, value) {
      if (!Array.isArray(value)) return
      for (const item of value) writer.tag(1, WireType.LengthDelimited).string(String(item ?? ''))
    },
    read(reader, end, readFields) {
      const items: string[] = []
      readFields(reader, end, (number, wireType) => {
        if (number !== 1) return false
        expectWireType(wireType, WireType.LengthDelimited, 'items')
        items.push(reader.string())
        return true
      })
      return items
    },
  },
}

/** Throws when a known field has another wire type than its own. */
export function expectWireType(actual: WireType, expected: WireType, field: string): void {
  if (actual !== expected) throw new ProtobufSyntaxError(`proto: wrong wireType = ${actual} for field ${field}`)
}

function timeCodec(precision: 'seconds' | 'micros'): SpecialCodec {
  return {
    zero: null,
    write(writer, value) {
      if (typeof value === 'string') writeTimestamp(writer, value, precision)
    },
    read(reader, end, readFields) {
      if (reader.pos === end) return undefined
      let seconds: bigint | string = 0n
      let nanos = 0
      readFields(reader, end, (number, wireType) => {
        if (number !== 1 && number !== 2) return false
        expectWireType(wireType, WireType.Varint, number === 1 ? 'seconds' : 'nanos')
        if (number === 1) seconds = reader.int64()
        else nanos = reader.int32()
        return true
      })
      return timestampText(BigInt(seconds), nanos, precision)
    },
  }
}

function readIntOrString(reader: BinaryReader, end: number, readFields: ReadFields): JsonValue {
  let type = 0n
  let int = 0
  let text = ''
  readFields(reader, end, (number, wireType) => {
    if (number < 1 || number > 3) return false
    expectWireType(wireType, number === 3 ? WireType.LengthDelimited : WireType.Varint, 'IntOrString')
    if (number === 1) type = BigInt(reader.int64())
    else if (number === 2) int = reader.int32()
    else text = reader.string()
    return true
  })
  if (type === 0n) return int
  if (type === 1n) return text
  throw new ProtobufSyntaxError('impossible IntOrString.Type')
}

function readJson(reader: BinaryReader, end: number, readFields: ReadFields): JsonValue | undefined {
  let raw: Uint8Array | undefined
  readFields(reader, end, (number, wireType) => {
    if (number !== 1) return false
    expectWireType(wireType, WireType.LengthDelimited, 'raw')
    raw = reader.bytes()
    return true
  })
  if (raw === undefined || raw.length === 0) return undefined
  try {
    return parseJson(raw) ?? undefined
  } catch (cause) {
    if (cause instanceof JsonSyntaxError) throw new ProtobufSyntaxError(cause.message, { cause })
    throw cause
  }
}
