import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { JsonValue } from '../meta/object.ts'
import { decodeBase64, encodeBase64 } from '../text/base64.ts'
import type { ScalarKind } from './message-type.ts'

/** How one scalar goes to the wire and back. */
export interface ScalarCodec {
  readonly wireType: WireType
  readonly zero: JsonValue
  /** Writes the value without a tag. */
  write(writer: BinaryWriter, value: JsonValue): void
  read(reader: BinaryReader): JsonValue
}

/** The codecs of all scalars. */
export const scalarCodecs: Readonly<Record<ScalarKind, ScalarCodec>> = {
  string: {
    wireType: WireType.LengthDelimited,
    zero: '',
    write: (writer, value) => void writer.string(String(value)),
    read: (reader) => reader.string(),
  },
  bytes: {
    wireType: WireType.LengthDelimited,
    zero: '',
    write: (writer, value) => void writer.bytes(decodeBase64(String(value))),
    read: (reader) => encodeBase64(reader.bytes()),
  },
  bool: {
    wireType: WireType.Varint,
    zero: false,
    write: (writer, value) => void writer.bool(value === true),
    read: (reader) => reader.bool(),
  },
  int32: {
    wireType: WireType.Varint,
    zero: 0,
    write: (writer, value) => void writer.int32(Number(value)),
    read: (reader) => reader.int32(),
  },
  int64: {
    wireType: WireType.Varint,
    zero: 0,
    write: (writer, value) => void writer.int64(integer(value)),
    read: (reader) => narrow(reader.int64()),
  },
  uint32: {
    wireType: WireType.Varint,
    zero: 0,
    write: (writer, value) => void writer.uint32(Number(value)),
    read: (reader) => reader.uint32(),
  },
  uint64: {
    wireType: WireType.Varint,
    zero: 0,
    write: (writer, value) => void writer.uint64(integer(value)),
    read: (reader) => narrow(reader.uint64()),
  },
  double: {
    wireType: WireType.Bit64,
    zero: 0,
    write: (writer, value) => void writer.double(Number(value)),
    read: (reader) => reader.double(),
  },
}

function integer(value: JsonValue): number | bigint {
  return typeof value === 'bigint' ? value : Number(value)
}

/** A 64-bit integer as a number where that is exact. */
function narrow(value: bigint | string): number | bigint {
  const exact = BigInt(value)
  const number = Number(exact)
  return Number.isSafeInteger(number) ? number : exact
}
