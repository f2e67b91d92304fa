import type { JsonValue } from '@fairlead/apimachinery'

/** What a value may be, as a plain value: types, decoding, defaults, validation and OpenAPI are all made of it. */
export type SchemaNode =
  | (NodeFacts & {
      readonly type: 'string'
      readonly enum?: readonly string[]
      readonly minLength?: number
      readonly maxLength?: number
      /** A regular expression that must match somewhere; anchor it with ^ and $. */
      readonly pattern?: RegExp
    })
  | (NodeFacts & { readonly type: 'integer' | 'number'; readonly minimum?: number; readonly maximum?: number })
  | (NodeFacts & { readonly type: 'boolean' })
  | (NodeFacts & {
      readonly type: 'array'
      readonly items: SchemaNode
      readonly minItems?: number
      readonly maxItems?: number
      /** How patches and server-side apply merge the list; atomic unless told. */
      readonly listType?: 'atomic' | 'map' | 'set'
      readonly listMapKeys?: readonly string[]
    })
  | (NodeFacts & { readonly type: 'map'; readonly values: SchemaNode })
  | (NodeFacts & { readonly type: 'object'; readonly fields: Readonly<Record<string, SchemaNode>> })
  | (NodeFacts & {
      /** A definition that Kubernetes publishes, such as `io.k8s.api.core.v1.PodTemplateSpec`. */
      readonly type: 'definition'
      readonly definition: string
    })

/** What every node may say. */
export interface NodeFacts {
  readonly description?: string
  /** The field may be absent. An object that may not be absent is written as `{}` when it is. */
  readonly optional?: boolean
  /** What an absent field reads as. */
  readonly default?: JsonValue
}

declare const valueType: unique symbol

/** A schema of values of type `Value`. The type parameter exists for the compiler alone. */
export interface SchemaType<Value, Optional extends boolean = false> {
  readonly node: SchemaNode
  readonly [valueType]?: { readonly value: Value; readonly optional: Optional }
}

/** The type of the values that a schema describes. */
export type Infer<Schema> = Schema extends SchemaType<infer Value, boolean> ? Value : never

type Fields = Readonly<Record<string, SchemaType<unknown, boolean>>>
type OptionalNames<Shape extends Fields> = {
  [Name in keyof Shape]: Shape[Name] extends SchemaType<unknown, true> ? Name : never
}[keyof Shape]

/** The object type of a set of fields: optional schemas become optional properties. */
export type InferFields<Shape extends Fields> = {
  [Name in Exclude<keyof Shape, OptionalNames<Shape>>]: Infer<Shape[Name]>
} & { [Name in OptionalNames<Shape>]?: Infer<Shape[Name]> }
