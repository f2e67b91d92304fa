import type { Change, KeyValue, Revision } from '@fairlead/storage'

/** A key's newest record as it is stored. */
export interface Head {
  readonly item: KeyValue
  /** When it expires, in milliseconds since the epoch; 0 means never. */
  readonly deadline: number
}

/*
 * Numbers are big-endian doubles: exact for safe integers, and for positive ones the order of the bytes is the order of
 * the numbers. A value is always a copy of its own, never a view of a larger buffer.
 */

const headHeader = 24

/** createRevision, modRevision, deadline, value. */
export function encodeHead({ item, deadline }: Head): Buffer {
  const bytes = Buffer.allocUnsafe(headHeader + item.value.byteLength)
  bytes.writeDoubleBE(item.createRevision, 0)
  bytes.writeDoubleBE(item.modRevision, 8)
  bytes.writeDoubleBE(deadline, 16)
  bytes.set(item.value, headHeader)
  return bytes
}

/** Reads what `encodeHead` wrote. */
export function decodeHead(key: string, bytes: Buffer): Head {
  const item = {
    key,
    value: copy(bytes, headHeader),
    createRevision: bytes.readDoubleBE(0),
    modRevision: bytes.readDoubleBE(8),
  }
  return { item, deadline: bytes.readDoubleBE(16) }
}

/** The place of a change in the log: revision, then its number within the transaction. */
export function logKey(revision: Revision, index: number): Buffer {
  const bytes = Buffer.allocUnsafe(12)
  bytes.writeDoubleBE(revision, 0)
  bytes.writeUInt32BE(index, 8)
  return bytes
}

/** The revision of a place in the log. */
export function logRevision(key: Buffer): Revision {
  return key.readDoubleBE(0)
}

const hasCurrent = 1
const hasPrevious = 2

/** Flags, key, then createRevision and value with its length of `current`, and both revisions and value of `previous`. */
export function encodeChange({ key, current, previous }: Change): Buffer {
  const keyBytes = Buffer.byteLength(key)
  const currentBytes = current === undefined ? 0 : 12 + current.value.byteLength
  const previousBytes = previous === undefined ? 0 : 16 + previous.value.byteLength
  const bytes = Buffer.allocUnsafe(3 + keyBytes + currentBytes + previousBytes)
  bytes.writeUInt8((current ? hasCurrent : 0) | (previous ? hasPrevious : 0), 0)
  bytes.writeUInt16BE(keyBytes, 1)
  let offset = 3 + bytes.write(key, 3)
  if (current !== undefined) {
    offset = bytes.writeDoubleBE(current.createRevision, offset)
    offset = bytes.writeUInt32BE(current.value.byteLength, offset)
    bytes.set(current.value, offset)
    offset += current.value.byteLength
  }
  if (previous !== undefined) {
    offset = bytes.writeDoubleBE(previous.createRevision, offset)
    offset = bytes.writeDoubleBE(previous.modRevision, offset)
    bytes.set(previous.value, offset)
  }
  return bytes
}

/** The key of an encoded change, without reading the rest. */
export function changeKey(bytes: Buffer): string {
  return bytes.toString('utf8', 3, 3 + bytes.readUInt16BE(1))
}

/** Reads what `encodeChange` wrote. */
export function decodeChange(revision: Revision, bytes: Buffer): Change {
  const flags = bytes.readUInt8(0)
  const key = changeKey(bytes)
  let offset = 3 + bytes.readUInt16BE(1)
  let current: KeyValue | undefined
  if ((flags & hasCurrent) !== 0) {
    const end = offset + 12 + bytes.readUInt32BE(offset + 8)
    const createRevision = bytes.readDoubleBE(offset)
    current = { key, value: copy(bytes, offset + 12, end), createRevision, modRevision: revision }
    offset = end
  }
  let previous: KeyValue | undefined
  if ((flags & hasPrevious) !== 0) {
    const createRevision = bytes.readDoubleBE(offset)
    previous = { key, value: copy(bytes, offset + 16), createRevision, modRevision: bytes.readDoubleBE(offset + 8) }
  }
  return { revision, key, ...(current && { current }), ...(previous && { previous }) }
}

/** The place of a key in the order of expiry. */
export function deadlineKey(deadline: number, key: string): Buffer {
  const bytes = Buffer.allocUnsafe(8 + Buffer.byteLength(key))
  bytes.writeDoubleBE(deadline, 0)
  bytes.write(key, 8)
  return bytes
}

/** Reads what `deadlineKey` wrote. */
export function decodeDeadlineKey(bytes: Buffer): { readonly deadline: number; readonly key: string } {
  return { deadline: bytes.readDoubleBE(0), key: bytes.toString('utf8', 8) }
}

function copy(bytes: Buffer, start: number, end = bytes.byteLength): Uint8Array {
  const value = Buffer.allocUnsafeSlow(end - start)
  bytes.copy(value, 0, start, end)
  return value
}
