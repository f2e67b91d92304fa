import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import type { FieldType, OpenApiDefinition, OpenApiField, ScalarDefinition } from '../schema/definition.ts'

/** The sentences that a document shows; absent where there are none. */
export interface DocumentTexts {
  readonly text: string
  readonly fields: Readonly<Record<string, string>>
}

/**
 * A definition in OpenAPI v2 form with the published `default`s beside it (`toV2` drops them, `toV3` keeps them).
 */
export function definitionDocument(definition: OpenApiDefinition, texts: DocumentTexts | undefined): JsonObject {
  const document: JsonObject = texts?.text ? { description: texts.text } : {}
  if (definition.scalar !== undefined) Object.assign(document, scalarDocuments[definition.scalar])
  else Object.assign(document, structDocument(definition, texts))
  if (definition.kinds.length > 0) {
    document['x-kubernetes-group-version-kind'] = definition.kinds.map(({ group, kind, version }) => ({
      group,
      kind,
      version,
    }))
  }
  if (definition.atomic) document['x-kubernetes-map-type'] = 'atomic'
  if (definition.unions !== undefined) document['x-kubernetes-unions'] = definition.unions
  return document
}

const scalarDocuments: Readonly<Record<ScalarDefinition, JsonObject>> = {
  FieldsV1: { type: 'object' },
  IntOrString: { type: 'string', format: 'int-or-string' },
  JSON: {},
  JSONSchemaPropsOrArray: {},
  JSONSchemaPropsOrBool: {},
  JSONSchemaPropsOrStringArray: {},
  MicroTime: { type: 'string', format: 'date-time' },
  Quantity: { type: 'string' },
  RawExtension: { type: 'object' },
  Time: { type: 'string', format: 'date-time' },
}

function structDocument({ fields }: OpenApiDefinition, texts: DocumentTexts | undefined): JsonObject {
  const document: JsonObject = { type: 'object' }
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  if (required.length > 0) document['required'] = required
  if (fields.length === 0) return document
  const properties: JsonObject = {}
  for (const field of [...fields].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    properties[field.name] = fieldDocument(field, texts?.fields[field.name])
  }
  document['properties'] = properties
  return document
}

function fieldDocument(field: OpenApiField, text: string | undefined): JsonObject {
  const published = field.default ?? field.zeroDefault
  return {
    ...(text ? { description: text } : {}),
    ...typeDocument(field.type, field.enum),
    ...(published === undefined ? {} : { default: published }),
    ...extensions(field),
  }
}

function extensions(field: OpenApiField): JsonObject {
  return {
    ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': [...field.listMapKeys] } : {}),
    ...(field.listType ? { 'x-kubernetes-list-type': field.listType } : {}),
    ...(field.mapType ? { 'x-kubernetes-map-type': field.mapType } : {}),
    ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
    ...(field.patchStrategy ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
  }
}

const scalarTypes: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  byte: { type: 'string', format: 'byte' },
}

/** `values` are those of the scalar inside: of the elements of a list or map, not of itself. */
function typeDocument(type: FieldType, values: readonly string[] | undefined): JsonObject {
  switch (type.kind) {
    case 'ref':
      return { $ref: `#/definitions/${type.name}` }
    case 'list':
      return { type: 'array', items: typeDocument(type.of, values) as JsonValue }
    case 'map':
      return { type: 'object', additionalProperties: typeDocument(type.of, values) as JsonValue }
    default:
      return { ...scalarTypes[type.kind], ...(values ? { enum: [...values] } : {}) }
  }
}
