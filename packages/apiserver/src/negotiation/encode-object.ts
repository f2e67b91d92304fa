import { encodeEnvelope, encodeJson, encodeYaml, type JsonObject, notAcceptable } from '@fairlead/apimachinery'
import type { ProtobufForm } from '@fairlead/openapi'
import type { Output } from './output.ts'

/** The part of an output that decides about bytes. */
export type Encoding = Pick<Output, 'format' | 'pretty'>

const newline = 0x0a

/**
 * The whole body of one object. Compact JSON ends with a newline, indented JSON does not. Throws NotAcceptable when the
 * kind has no protobuf form.
 */
export function encodeObject(object: JsonObject, encoding: Encoding, protobuf?: ProtobufForm): Uint8Array {
  switch (encoding.format) {
    case 'json':
      return Buffer.from(encoding.pretty ? encodeJson(object, { pretty: true }) : `${encodeJson(object)}\n`)
    case 'yaml':
      return Buffer.from(encodeYaml(object))
    case 'protobuf':
      return encodeProtobuf(object, protobuf)
  }
}

/** Compact JSON that is already bytes, as a body. */
export function encodedJsonBody(json: Uint8Array): Uint8Array {
  const body = Buffer.allocUnsafe(json.length + 1)
  body.set(json)
  body[json.length] = newline
  return body
}

function encodeProtobuf(object: JsonObject, protobuf: ProtobufForm | undefined): Uint8Array {
  const apiVersion = textOf(object['apiVersion'])
  const kind = textOf(object['kind'])
  if (protobuf === undefined) {
    throw notAcceptable(
      `object ${kind} does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message`,
    )
  }
  return encodeEnvelope({ apiVersion, kind, raw: protobuf.encode(object) })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
