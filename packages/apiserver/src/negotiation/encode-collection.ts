import { encodeEnvelope, encodeJson, encodeYaml, type JsonObject } from '@fairlead/apimachinery'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { ProtobufForm } from '@fairlead/openapi'
import type { Encoding } from './encode-object.ts'

/** A list or a table, whose elements are made one by one while it is written. */
export interface Collection {
  /** Everything but the array, in the order of JSON: kind, apiVersion and metadata first. */
  readonly head: JsonObject
  readonly array: 'items' | 'rows'
  /** Each element as an object, or as compact JSON (only when compact JSON is written). */
  elements(): Iterable<JsonObject | Uint8Array>
  /** The protobuf form of an element; a list is its metadata (field 1) and its elements (field 2). */
  readonly protobuf?: ProtobufForm
}

/**
 * The body of a collection in pieces. An empty piece carries nothing: the writer may pause there. Only protobuf, whose
 * envelope starts with the length of the whole, encodes all elements before its first byte.
 */
export function encodeCollection(collection: Collection, encoding: Encoding): Iterable<Uint8Array> {
  if (encoding.format === 'protobuf') return protobufPieces(collection)
  if (encoding.format === 'yaml') return yamlPieces(collection)
  return encoding.pretty ? prettyPieces(collection) : compactPieces(collection)
}

const comma = Buffer.from(',')
const pause = Buffer.alloc(0)

function* compactPieces({ head, array, elements }: Collection): Iterable<Uint8Array> {
  yield Buffer.from(`${encodeJson(head).slice(0, -1)},"${array}":[`)
  let first = true
  for (const element of elements()) {
    if (!first) yield comma
    first = false
    yield element instanceof Uint8Array ? element : Buffer.from(encodeJson(element))
  }
  yield Buffer.from(']}\n')
}

function* prettyPieces({ head, array, elements }: Collection): Iterable<Uint8Array> {
  yield Buffer.from(`${encodeJson(head, { pretty: true }).slice(0, -2)},\n  "${array}": [`)
  let first = true
  for (const element of elements()) {
    const text = element instanceof Uint8Array ? element.toString() : encodeJson(element, { pretty: true })
    yield Buffer.from(`${first ? '' : ','}\n    ${text.replaceAll('\n', '\n    ')}`)
    first = false
  }
  yield Buffer.from(first ? ']\n}' : '\n  ]\n}')
}

function* yamlPieces({ head, array, elements }: Collection): Iterable<Uint8Array> {
  const before: JsonObject = {}
  const after: JsonObject = {}
  for (const [key, value] of Object.entries(head)) {
    if (key < array) before[key] = value
    else after[key] = value
  }
  if (Object.keys(before).length > 0) yield Buffer.from(encodeYaml(before))
  let first = true
  for (const element of elements()) {
    if (element instanceof Uint8Array) continue
    yield Buffer.from(`${first ? `${array}:\n` : ''}${encodeYaml([element])}`)
    first = false
  }
  if (first) yield Buffer.from(`${array}: []\n`)
  if (Object.keys(after).length > 0) yield Buffer.from(encodeYaml(after))
}

function* protobufPieces({ head, elements, protobuf }: Collection): Iterable<Uint8Array> {
  const items: Uint8Array[] = []
  for (const element of elements()) {
    if (element instanceof Uint8Array || protobuf === undefined) continue
    items.push(protobuf.encode(element))
    yield pause
  }
  const metadata = listMetadata(head['metadata'])
  const prefixes = items.map((item) => new BinaryWriter().tag(2, WireType.LengthDelimited).uint32(item.length).finish())
  const total = items.reduce((sum, item, index) => sum + item.length + (prefixes[index]?.length ?? 0), metadata.length)
  yield* envelopeAround(head, total, function* () {
    yield metadata
    for (const [index, item] of items.entries()) {
      yield prefixes[index] ?? pause
      yield item
    }
  })
}

/** The envelope of a message of `length` bytes, with the message's pieces in its place. */
function* envelopeAround(head: JsonObject, length: number, message: () => Iterable<Uint8Array>): Iterable<Uint8Array> {
  const empty = encodeEnvelope({ apiVersion: String(head['apiVersion']), kind: String(head['kind']), raw: pause })
  // The empty message ends in its length byte, 0, which gives way to the real length; two empty strings follow it.
  const tail = empty.subarray(empty.length - 4)
  yield empty.subarray(0, empty.length - 5)
  yield new BinaryWriter().uint32(length).finish()
  yield* message()
  yield tail
}

function listMetadata(metadata: unknown): Uint8Array {
  const fields = (metadata ?? {}) as { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork()
  writer.tag(1, WireType.LengthDelimited).string('')
  writer.tag(2, WireType.LengthDelimited).string(fields.resourceVersion ?? '')
  writer.tag(3, WireType.LengthDelimited).string(fields.continue ?? '')
  if (fields.remainingItemCount !== undefined) writer.tag(4, WireType.Varint).int64(fields.remainingItemCount)
  return writer.join().finish()
}
