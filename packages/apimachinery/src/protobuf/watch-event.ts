import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { readFields, withSyntaxErrors } from './decode-message.ts'
import { expectWireType } from './special-messages.ts'

/** An event of a protobuf watch stream. */
export interface ProtobufWatchEvent {
  /** ADDED, MODIFIED, DELETED, BOOKMARK or ERROR. */
  readonly type: string
  /** A whole body with its own envelope. */
  readonly object: Uint8Array
}

/**
 * One frame of a watch stream: four bytes of length, big endian, and a WatchEvent without envelope. `object` is a whole
 * body with its envelope.
 */
export function frameWatchEvent(type: string, object: Uint8Array): Uint8Array {
  const writer = new BinaryWriter().raw(new Uint8Array(4))
  writer.tag(1, WireType.LengthDelimited).string(type)
  writer.tag(2, WireType.LengthDelimited).fork()
  writer.tag(1, WireType.LengthDelimited).bytes(object)
  writer.join()
  const frame = writer.finish()
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, frame.length - 4)
  return frame
}

/** Reads the WatchEvent of a frame, without its four bytes of length. Throws ProtobufSyntaxError. */
export function decodeWatchEvent(bytes: Uint8Array): ProtobufWatchEvent {
  return withSyntaxErrors(() => {
    const event = { type: '', object: new Uint8Array(0) as Uint8Array }
    const reader = new BinaryReader(bytes)
    readFields(reader, reader.len, (number, wireType) => {
      if (number !== 1 && number !== 2) return false
      expectWireType(wireType, WireType.LengthDelimited, 'WatchEvent')
      if (number === 1) event.type = reader.string()
      else event.object = readRawExtension(reader.bytes())
      return true
    })
    return event
  })
}

function readRawExtension(bytes: Uint8Array): Uint8Array {
  let raw: Uint8Array = new Uint8Array(0)
  const reader = new BinaryReader(bytes)
  readFields(reader, reader.len, (number, wireType) => {
    if (number !== 1) return false
    expectWireType(wireType, WireType.LengthDelimited, 'RawExtension')
    raw = reader.bytes()
    return true
  })
  return raw
}
