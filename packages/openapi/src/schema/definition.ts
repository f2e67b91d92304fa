import type { GroupVersionKind, JsonValue } from '@fairlead/apimachinery'

/** The type of a field: a scalar, a reference to another definition, or a list or string-keyed map of those. */
export type FieldType =
  | { readonly kind: 'string' | 'boolean' | 'int32' | 'int64' | 'double' | 'byte' }
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'list' | 'map'; readonly of: FieldType }

/** Definitions whose JSON form does not follow from fields. */
export type ScalarDefinition =
  | 'FieldsV1'
  | 'IntOrString'
  | 'JSON'
  | 'JSONSchemaPropsOrArray'
  | 'JSONSchemaPropsOrBool'
  | 'JSONSchemaPropsOrStringArray'
  | 'MicroTime'
  | 'Quantity'
  | 'RawExtension'
  | 'Time'

/** A property of a definition with every fact that is known of it. */
export interface OpenApiField {
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  /** Absent differs from the zero value. A field that is no pointer and has no `presence` vanishes when it is zero. */
  readonly pointer: boolean
  /** A struct that vanishes when it is zero, which other structs that are no pointers never do. */
  readonly omitZero: boolean
  /** How error messages name the type: `int32`, `[]v1.Container`, `types.UID`. */
  readonly goType: string
  /** What is written when the field is absent or zero; `{}` stands for the empty struct with its own presences. */
  readonly presence?: JsonValue
  /** The default that is set when the field is absent. */
  readonly default?: JsonValue
  /** The zero value that OpenAPI v3 publishes as default. */
  readonly zeroDefault?: JsonValue
  readonly listType?: 'atomic' | 'map' | 'set'
  readonly listMapKeys?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
  /** Comma-separated: `merge`, `replace`, `retainKeys`, `merge,retainKeys`. */
  readonly patchStrategy?: string
  readonly patchMergeKey?: string
  readonly enum?: readonly string[]
  /** The protobuf field number; absent for a field that an embedded struct carries on the wire. */
  readonly number?: number
}

/** A definition of the published OpenAPI documents. */
export interface OpenApiDefinition {
  /** Such as `io.k8s.api.apps.v1.Deployment`. */
  readonly name: string
  /** In the order of the Go struct, kind and apiVersion first. */
  readonly fields: readonly OpenApiField[]
  readonly scalar?: ScalarDefinition
  /** The published `x-kubernetes-group-version-kind`. */
  readonly kinds: readonly GroupVersionKind[]
  /** Every reference to it is one value to server-side apply. */
  readonly atomic: boolean
  /** The published `x-kubernetes-unions`. */
  readonly unions?: JsonValue
  /**
   * Structs that JSON flattens into this definition but that are messages of their own in protobuf: the field number of
   * the message and the definition with its fields. Nested: an embedded struct may embed another one.
   */
  readonly embeds: readonly { readonly number: number; readonly name: string }[]
}
