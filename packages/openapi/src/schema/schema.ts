import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import type { ScalarDefinition } from './definition.ts'

/**
 * What a value may be and how it is written. One model for all kinds: compiled from OpenAPI definitions here; custom
 * resources and extension kinds make it from their own sources.
 */
export type Schema = PlainSchema | ListSchema | MapSchema | StructSchema

/** A value without parts, or one with a hand-written form. */
export interface PlainSchema {
  readonly kind: 'boolean' | 'byte' | 'double' | 'int32' | 'int64' | 'string' | ScalarDefinition
  /** The struct that the JSONSchemaProps… forms hold. */
  readonly nested?: StructSchema
}

export interface ListSchema {
  readonly kind: 'list'
  readonly of: Schema
}

export interface MapSchema {
  readonly kind: 'map'
  readonly of: Schema
}

/** An object with declared fields. Fields are compiled at first use, since definitions refer to each other in circles. */
export interface StructSchema {
  readonly kind: 'struct'
  /** The definition's name. */
  readonly name: string
  /** How error messages name it: `PodSpec`. */
  readonly goName: string
  /** What reading one adds; undefined for most. */
  readonly defaults?: StructDefaults | undefined
  fields(): StructFields
}

/**
 * The fields that a decoded struct lacks, or has otherwise; undefined when it needs none. What is returned is merged into
 * the fields that are structs and replaces others. Setting the defaults of the result again must change nothing.
 */
export type StructDefaults = (object: JsonObject) => JsonObject | undefined

export interface StructFields {
  /** In the order in which they are written. */
  readonly list: readonly FieldSchema[]
  readonly byName: ReadonlyMap<string, FieldSchema>
}

export interface FieldSchema {
  readonly name: string
  readonly schema: Schema
  /** The name of the struct that declares the field, for messages. */
  readonly owner: string
  /** The field in the dotted path of messages; promoted fields have their embedded struct in front. */
  readonly goPath: string
  readonly goType: string
  /** Zero values ('' 0 false, empty lists and maps) read as absent. */
  readonly zeroIsAbsent: boolean
  readonly absent: AbsentField
  readonly patch: FieldPatch
}

/** What is written for an absent field: nothing, a value, or the empty struct with what its own fields write. */
export type AbsentField =
  | { readonly write: 'nothing' }
  | { readonly write: 'value'; readonly value: JsonValue }
  | { readonly write: 'struct'; readonly schema: StructSchema }

export interface FieldPatch {
  readonly strategies: readonly ('merge' | 'replace' | 'retainKeys')[]
  readonly mergeKey?: string
}

/** True for schemas whose values have parts with a path of their own. */
export function isComposite(schema: Schema): schema is ListSchema | MapSchema | StructSchema {
  return schema.kind === 'struct' || schema.kind === 'list' || schema.kind === 'map'
}
