import {
  decodeEnvelope,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  parseGroupVersion,
  parseJson,
  parseJsonStrict,
  parseYaml,
  ProtobufSyntaxError,
  YamlSyntaxError,
} from '@fairlead/apimachinery'
import type { WireFormat } from './media-type.ts'

/** A body taken apart as far as its kind. `kind` and `apiVersion` are empty where the body does not name them. */
export type ReadBody = { readonly kind: string; readonly apiVersion: string } & (
  | { readonly format: 'json' | 'yaml'; readonly object: JsonObject; readonly duplicates: readonly string[] }
  | { readonly format: 'protobuf'; readonly raw: Uint8Array }
)

/**
 * Reads the syntax of a body. `duplicates` asks for fields that stand twice: field paths in JSON, whole texts in YAML.
 * Throws BodySyntaxError when not even kind and apiVersion can be told.
 */
export function readBody(bytes: Uint8Array, format: WireFormat, options: { readonly duplicates: boolean }): ReadBody {
  if (format === 'protobuf') {
    const { kind, apiVersion, raw } = syntax(() => decodeEnvelope(bytes))
    checkApiVersion(apiVersion)
    return { format, kind, apiVersion, raw }
  }
  const { value, duplicates } = format === 'json' ? readJson(bytes, options.duplicates) : syntax(() => parseYaml(bytes))
  const object = objectOf(value)
  return { format, object, duplicates, ...typeOf(object) }
}

/** A body that cannot be read at all. The message is the detail of a BadRequest. */
export class BodySyntaxError extends Error {
  override readonly name = 'BodySyntaxError'
}

const typeFields = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`

function readJson(bytes: Uint8Array, strict: boolean): { value: JsonValue; duplicates: readonly string[] } {
  if (!strict) return { value: jsonSyntax(() => parseJson(bytes)), duplicates: [] }
  return jsonSyntax(() => parseJsonStrict(bytes))
}

function jsonSyntax<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw unreadableType(error.message, error)
    throw error
  }
}

function syntax<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof YamlSyntaxError || error instanceof ProtobufSyntaxError) {
      throw new BodySyntaxError(error.message, { cause: error })
    }
    throw error
  }
}

/** `null` is an object without members. */
function objectOf(value: JsonValue): JsonObject {
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw unreadableType(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${typeFields}`)
}

function typeOf(object: JsonObject): { kind: string; apiVersion: string } {
  const apiVersion = typeText(object, 'apiVersion')
  const kind = typeText(object, 'kind')
  checkApiVersion(apiVersion)
  return { kind, apiVersion }
}

function typeText(object: JsonObject, field: 'apiVersion' | 'kind'): string {
  const value = Object.hasOwn(object, field) ? object[field] : undefined
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw unreadableType(`json: cannot unmarshal ${jsonType(value)} into Go struct field .${field} of type string`)
}

function checkApiVersion(apiVersion: string): void {
  if (parseGroupVersion(apiVersion) === undefined) {
    throw new BodySyntaxError(`unexpected GroupVersion string: ${apiVersion}`)
  }
}

function unreadableType(message: string, cause?: unknown): BodySyntaxError {
  return new BodySyntaxError(`couldn't get version/kind; json parse error: ${message}`, { cause })
}

function jsonType(value: JsonValue): string {
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'number'
    default:
      return typeof value
  }
}
