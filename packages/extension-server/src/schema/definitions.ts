import type { GroupVersionKind, JsonObject } from '@fairlead/apimachinery'
import { definitionDocument, type FieldType, type OpenApiDefinition, type OpenApiField } from '@fairlead/openapi'
import type { SchemaNode } from './schema-type.ts'

/** The definitions that a kind's schema becomes, by name, each with the constraints and texts of its document. */
export interface KindDefinitions {
  /** Of the kind itself. */
  readonly name: string
  readonly definitions: ReadonlyMap<string, OpenApiDefinition>
  /** The document of a definition as OpenAPI shows it. */
  document(name: string): JsonObject | undefined
}

type ObjectNode = Extract<SchemaNode, { readonly type: 'object' }>

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const listMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta'

/**
 * Names follow upstream's custom: `com.example.wardle.v1alpha1.FlunderSpec` for the field `spec` of the kind Flunder in
 * the group wardle.example.com.
 */
export function kindDefinitions(kind: GroupVersionKind, schema: ObjectNode): KindDefinitions {
  const prefix = `${kind.group.split('.').reverse().join('.')}.${kind.version}.`
  const definitions = new Map<string, OpenApiDefinition>()
  const nodes = new Map<string, ObjectNode>()
  const name = `${prefix}${kind.kind}`
  addObject(name, schema, [
    field('apiVersion', stringType),
    field('kind', stringType),
    structField('metadata', objectMeta),
  ])
  definitions.set(name, { ...(definitions.get(name) as OpenApiDefinition), kinds: [kind] })
  definitions.set(`${name}List`, {
    name: `${name}List`,
    fields: [
      field('apiVersion', stringType),
      field('kind', stringType),
      structField('metadata', listMeta),
      { ...field('items', { kind: 'list', of: { kind: 'ref', name } }), required: true },
    ],
    kinds: [{ ...kind, kind: `${kind.kind}List` }],
    atomic: false,
    embeds: [],
  })
  return {
    name,
    definitions,
    document(wanted) {
      const definition = definitions.get(wanted)
      return definition && constrained(definitionDocument(definition, textsOf(nodes.get(wanted))), nodes.get(wanted))
    },
  }

  function addObject(definitionName: string, node: ObjectNode, first: readonly OpenApiField[]): void {
    nodes.set(definitionName, node)
    const fields = Object.entries(node.fields).map(([fieldName, child]) =>
      toField(fieldName, child, `${definitionName}${capital(fieldName)}`),
    )
    definitions.set(definitionName, {
      name: definitionName,
      fields: [...first, ...fields],
      kinds: [],
      atomic: false,
      embeds: [],
    })
  }

  function toField(fieldName: string, node: SchemaNode, definitionName: string): OpenApiField {
    const type = toType(node, definitionName)
    const isStruct = node.type === 'object'
    return {
      name: fieldName,
      type,
      required: node.optional !== true && node.default === undefined && !isStruct,
      // Absent differs from zero everywhere: what a client sends is kept as it is sent.
      pointer: true,
      omitZero: false,
      goType: goTypeOf(type, kind.version),
      ...(isStruct && node.optional !== true ? { presence: {} } : {}),
      ...(node.default === undefined ? {} : { default: node.default }),
      ...(node.type === 'array' ? { listType: node.listType ?? 'atomic' } : {}),
      ...(node.type === 'array' && node.listMapKeys !== undefined ? { listMapKeys: node.listMapKeys } : {}),
      ...(node.type === 'string' && node.enum !== undefined ? { enum: node.enum } : {}),
    }
  }

  function toType(node: SchemaNode, definitionName: string): FieldType {
    switch (node.type) {
      case 'string':
      case 'boolean':
        return { kind: node.type }
      case 'integer':
        return { kind: 'int64' }
      case 'number':
        return { kind: 'double' }
      case 'array':
        return { kind: 'list', of: toType(node.items, definitionName) }
      case 'map':
        return { kind: 'map', of: toType(node.values, definitionName) }
      case 'definition':
        return { kind: 'ref', name: node.definition }
      case 'object':
        addObject(definitionName, node, [])
        return { kind: 'ref', name: definitionName }
    }
  }
}

const stringType: FieldType = { kind: 'string' }

function field(name: string, type: FieldType): OpenApiField {
  return { name, type, required: false, pointer: false, omitZero: false, goType: goTypeOf(type, '') }
}

function structField(name: string, definition: string): OpenApiField {
  return { ...field(name, { kind: 'ref', name: definition }), goType: `v1.${shortName(definition)}`, presence: {} }
}

function goTypeOf(type: FieldType, version: string): string {
  switch (type.kind) {
    case 'list':
      return `[]${goTypeOf(type.of, version)}`
    case 'map':
      return `map[string]${goTypeOf(type.of, version)}`
    case 'ref':
      return `${type.name.startsWith('io.k8s.') ? type.name.split('.').at(-2) : version}.${shortName(type.name)}`
    case 'boolean':
      return 'bool'
    case 'double':
      return 'float64'
    case 'byte':
      return '[]uint8'
    default:
      return type.kind
  }
}

function textsOf(node: ObjectNode | undefined): { text: string; fields: Record<string, string> } | undefined {
  if (node === undefined) return undefined
  const fields = Object.entries(node.fields).flatMap(([name, { description }]) =>
    description === undefined ? [] : [[name, description] as const],
  )
  return { text: node.description ?? '', fields: Object.fromEntries(fields) }
}

/** Adds what only documents say: lengths, bounds, patterns. */
function constrained(document: JsonObject, node: ObjectNode | undefined): JsonObject {
  const properties = document['properties'] as JsonObject | undefined
  if (node === undefined || properties === undefined) return document
  const added = Object.entries(node.fields).map(([name, child]) => [
    name,
    { ...(properties[name] as JsonObject), ...constraints(child) },
  ])
  return { ...document, properties: { ...properties, ...Object.fromEntries(added) } }
}

function constraints(node: SchemaNode): JsonObject {
  const names = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'] as const
  const facts = node as Partial<Record<(typeof names)[number], number>> & { readonly pattern?: RegExp }
  const result: JsonObject = {}
  for (const name of names) if (facts[name] !== undefined) result[name] = facts[name]
  if (facts.pattern instanceof RegExp) result['pattern'] = facts.pattern.source
  return result
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function shortName(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1)
}
