import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { readFields, withSyntaxErrors } from './decode-message.ts'
import { expectWireType } from './special-messages.ts'
import { ProtobufSyntaxError } from './syntax-error.ts'

/** What the Kubernetes envelope says of the message that it holds. */
export interface ProtobufEnvelope {
  readonly apiVersion: string
  readonly kind: string
  /** The message, without the envelope. */
  readonly raw: Uint8Array
  readonly contentEncoding: string
  /** Empty means protobuf. */
  readonly contentType: string
}

/** `k8s` and a zero byte. */
const magic: readonly number[] = [0x6b, 0x38, 0x73, 0x00]

/** The bytes of a Kubernetes protobuf body: the magic prefix and a runtime.Unknown. */
export function encodeEnvelope(
  envelope: Pick<ProtobufEnvelope, 'apiVersion' | 'kind' | 'raw'> & Partial<ProtobufEnvelope>,
): Uint8Array {
  const writer = new BinaryWriter().raw(Uint8Array.from(magic))
  writer.tag(1, WireType.LengthDelimited).fork()
  writer.tag(1, WireType.LengthDelimited).string(envelope.apiVersion)
  writer.tag(2, WireType.LengthDelimited).string(envelope.kind)
  writer.join()
  writer.tag(2, WireType.LengthDelimited).bytes(envelope.raw)
  writer.tag(3, WireType.LengthDelimited).string(envelope.contentEncoding ?? '')
  writer.tag(4, WireType.LengthDelimited).string(envelope.contentType ?? '')
  return writer.finish()
}

/** Opens a Kubernetes protobuf body; `raw` is a view into `bytes`. Throws ProtobufSyntaxError. */
export function decodeEnvelope(bytes: Uint8Array): ProtobufEnvelope {
  if (bytes.length === 0) throw new ProtobufSyntaxError('empty data')
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtobufSyntaxError(
      `provided data does not appear to be a protobuf message, expected prefix [${magic.join(' ')}]`,
    )
  }
  if (bytes.length === magic.length) throw new ProtobufSyntaxError('empty body')
  return withSyntaxErrors(() => readUnknown(bytes.subarray(magic.length)))
}

function readUnknown(bytes: Uint8Array): ProtobufEnvelope {
  const reader = new BinaryReader(bytes)
  const envelope = {
    apiVersion: '',
    kind: '',
    raw: new Uint8Array(0) as Uint8Array,
    contentEncoding: '',
    contentType: '',
  }
  readFields(reader, reader.len, (number, wireType) => {
    if (number < 1 || number > 4) return false
    expectWireType(wireType, WireType.LengthDelimited, 'Unknown')
    if (number === 1) Object.assign(envelope, readTypeMeta(reader.bytes()))
    else if (number === 2) envelope.raw = reader.bytes()
    else if (number === 3) envelope.contentEncoding = reader.string()
    else envelope.contentType = reader.string()
    return true
  })
  return envelope
}

function readTypeMeta(bytes: Uint8Array): { apiVersion?: string; kind?: string } {
  const reader = new BinaryReader(bytes)
  const typeMeta: { apiVersion?: string; kind?: string } = {}
  readFields(reader, reader.len, (number, wireType) => {
    if (number !== 1 && number !== 2) return false
    expectWireType(wireType, WireType.LengthDelimited, 'TypeMeta')
    typeMeta[number === 1 ? 'apiVersion' : 'kind'] = reader.string()
    return true
  })
  return typeMeta
}
