import type { JsonValue } from '@fairlead/apimachinery'
import type { FieldType, OpenApiDefinition, OpenApiField } from './definition.ts'
import type {
  AbsentField,
  FieldPatch,
  FieldSchema,
  PlainSchema,
  Schema,
  StructDefaults,
  StructFields,
  StructSchema,
} from './schema.ts'

/** Schemas compiled from definitions, each at most once. */
export interface SchemaSet {
  /** The schema of a definition with fields. Throws a `RangeError` for a definition of another form. */
  struct(definition: string): StructSchema
}

/**
 * Compiles lazily: asking for a schema reads one definition, decoding with it reads those that it refers to. `defaultsOf`
 * names what no definition can say: defaults that are computed.
 */
export function createSchemaSet(
  definitionOf: (name: string) => OpenApiDefinition,
  defaultsOf: (name: string) => StructDefaults | undefined = () => undefined,
): SchemaSet {
  const schemas = new Map<string, Schema>()
  const set: SchemaSet = {
    struct(name) {
      const schema = byName(name)
      if (schema.kind !== 'struct') throw new RangeError(`${name} has no fields`)
      return schema
    },
  }
  return set

  function byName(name: string): Schema {
    const known = schemas.get(name)
    if (known !== undefined) return known
    const schema = compileDefinition(definitionOf(name))
    schemas.set(name, schema)
    return schema
  }

  function compileDefinition(definition: OpenApiDefinition): Schema {
    if (definition.scalar === undefined) return compileStruct(definition)
    const nested = nestedStruct(definition)
    return nested === undefined ? { kind: definition.scalar } : { kind: definition.scalar, nested }
  }

  /** JSONSchemaPropsOrBool and its like hold the struct whose name they start with. */
  function nestedStruct({ name, scalar }: OpenApiDefinition): StructSchema | undefined {
    if (scalar === undefined || !scalar.startsWith('JSONSchemaPropsOr')) return undefined
    return set.struct(`${name.slice(0, name.lastIndexOf('.') + 1)}JSONSchemaProps`)
  }

  function compileStruct(definition: OpenApiDefinition): StructSchema {
    let compiled: StructFields | undefined
    const goName = shortName(definition.name)
    const fields = () => {
      compiled ??= compileFields(definition, goName)
      return compiled
    }
    return { kind: 'struct', name: definition.name, goName, defaults: defaultsOf(definition.name), fields }
  }

  function compileFields(definition: OpenApiDefinition, owner: string): StructFields {
    const promoted = promotedFields(definition, definitionOf)
    const emptyIsNull = writesEmptyAsNull(definition.name)
    const list = definition.fields.map((field): FieldSchema => {
      const schema = compileType(field.type)
      const prefix = promoted.get(field.name)
      return {
        name: field.name,
        schema,
        owner,
        goPath: prefix === undefined ? field.name : `${prefix}.${field.name}`,
        goType: field.goType,
        zeroIsAbsent: zeroIsAbsent(field, schema, emptyIsNull),
        absent: absentField(field, schema),
        patch: fieldPatch(field),
      }
    })
    return { list, byName: new Map(list.map((field) => [field.name, field])) }
  }

  function compileType(type: FieldType): Schema {
    if (type.kind === 'ref') return byName(type.name)
    if (type.kind === 'list' || type.kind === 'map') return { kind: type.kind, of: compileType(type.of) }
    return plainSchemas[type.kind]
  }
}

const plainSchemas: Readonly<Record<'boolean' | 'byte' | 'double' | 'int32' | 'int64' | 'string', PlainSchema>> = {
  boolean: { kind: 'boolean' },
  byte: { kind: 'byte' },
  double: { kind: 'double' },
  int32: { kind: 'int32' },
  int64: { kind: 'int64' },
  string: { kind: 'string' },
}

function shortName(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1)
}

/** Fields that come from an embedded struct, by that struct's name; messages show it in their path. */
function promotedFields(
  definition: OpenApiDefinition,
  definitionOf: (name: string) => OpenApiDefinition,
): ReadonlyMap<string, string> {
  const result = new Map<string, string>()
  for (const { name } of definition.embeds) {
    const embedded = definitionOf(name)
    const inner = promotedFields(embedded, definitionOf)
    for (const { name: field } of embedded.fields) {
      const deeper = inner.get(field)
      result.set(field, deeper === undefined ? shortName(name) : `${shortName(name)}.${deeper}`)
    }
  }
  return result
}

/**
 * Objects that are stored as protobuf lose the difference between an empty and an absent list, so that a required empty
 * list is written as null; definitions and API services are stored as JSON and keep it.
 */
function writesEmptyAsNull(name: string): boolean {
  return name.startsWith('io.k8s.api.')
}

function zeroIsAbsent(field: OpenApiField, schema: Schema, emptyIsNull: boolean): boolean {
  if (field.pointer || schema.kind === 'struct' || schema.kind === 'IntOrString') return false
  if ((schema.kind === 'list' || schema.kind === 'map') && field.presence !== undefined) return emptyIsNull
  return true
}

function absentField(field: OpenApiField, schema: Schema): AbsentField {
  const value = markerDefault(field) ?? field.presence
  if (value === undefined) return { write: 'nothing' }
  if (schema.kind === 'struct' && value !== null) return { write: 'struct', schema }
  return { write: 'value', value }
}

/** A default that changes what is written: any default of a pointer, and other values than zero. */
function markerDefault(field: OpenApiField): JsonValue | undefined {
  const value = field.default
  const zero = value === '' || value === 0 || value === false
  return zero && !field.pointer ? undefined : value
}

function fieldPatch(field: OpenApiField): FieldPatch {
  const strategies = (field.patchStrategy?.split(',') ?? []) as ('merge' | 'replace' | 'retainKeys')[]
  return field.patchMergeKey === undefined ? { strategies } : { strategies, mergeKey: field.patchMergeKey }
}
