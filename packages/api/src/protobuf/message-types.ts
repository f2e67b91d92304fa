import {
  type Cardinality,
  defineMessage,
  type MessageField,
  type MessageType,
  type ProtobufFieldType,
} from '@fairlead/apimachinery'
import type { FieldType, OpenApiDefinition, OpenApiField, ScalarDefinition } from '@fairlead/openapi'
import { definition } from '../definitions/definitions.ts'

const jsonSchemaProps = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps'

/** Finds or makes the message type of a definition. */
type Resolve = (name: string) => MessageType

/**
 * The message types of the generated definitions: made from their field numbers at first use, one per definition. Throws
 * a RangeError for an unknown name.
 */
export function createMessageTypes(): Resolve {
  const types = new Map<string, MessageType>()
  const resolve: Resolve = (name) => {
    const known = types.get(name)
    if (known !== undefined) return known
    const source = definition(name)
    const type = defineMessage(name, () => messageFields(source, resolve))
    types.set(name, type)
    return type
  }
  return resolve
}

function messageFields(source: OpenApiDefinition, resolve: Resolve): readonly MessageField[] {
  const fields: MessageField[] = []
  for (const field of source.fields) {
    if (field.number !== undefined) fields.push({ number: field.number, name: field.name, ...typeOf(field, resolve) })
  }
  for (const { number, name } of source.embeds) {
    const type: ProtobufFieldType = { kind: 'message', message: resolve(name) }
    fields.push({ number, name, type, cardinality: 'embedded' })
  }
  return fields
}

function typeOf(
  field: OpenApiField,
  resolve: Resolve,
): { readonly type: ProtobufFieldType; readonly cardinality: Cardinality } {
  const { type, pointer, goType } = field
  // Verbs is a list of strings that is a message of its own on the wire.
  if (type.kind === 'list' && goType === 'v1.Verbs') return { type: { kind: 'strings' }, cardinality: 'value' }
  if (type.kind === 'list') return { type: valueType(type.of, resolve), cardinality: 'list' }
  if (type.kind === 'map') return { type: valueType(type.of, resolve), cardinality: 'map' }
  return { type: valueType(type, resolve), cardinality: pointer ? 'pointer' : 'value' }
}

function valueType(type: FieldType, resolve: Resolve): ProtobufFieldType {
  switch (type.kind) {
    case 'boolean':
      return { kind: 'bool' }
    case 'byte':
      return { kind: 'bytes' }
    case 'list':
      // ExtraValue, the values of a map: a message with a list of strings.
      return { kind: 'strings' }
    case 'map':
      throw new TypeError('protobuf has no maps of maps')
    case 'ref':
      return referencedType(type.name, resolve)
    default:
      return { kind: type.kind }
  }
}

const specialKinds = {
  FieldsV1: 'json',
  IntOrString: 'intOrString',
  JSON: 'json',
  JSONSchemaPropsOrArray: 'schemaOrList',
  JSONSchemaPropsOrBool: 'schemaOrBool',
  JSONSchemaPropsOrStringArray: 'schemaOrStrings',
  MicroTime: 'microTime',
  Quantity: 'quantity',
  RawExtension: 'json',
  Time: 'time',
} as const satisfies Record<ScalarDefinition, ProtobufFieldType['kind']>

function referencedType(name: string, resolve: Resolve): ProtobufFieldType {
  const { scalar } = definition(name)
  if (scalar === undefined) return { kind: 'message', message: resolve(name) }
  const kind = specialKinds[scalar]
  switch (kind) {
    case 'schemaOrList':
    case 'schemaOrBool':
    case 'schemaOrStrings':
      return { kind, message: resolve(jsonSchemaProps) }
    default:
      return { kind }
  }
}
