import type { JsonObject, ObjectMeta } from '@fairlead/apimachinery'
import type { StrategyContext } from '@fairlead/openapi'
import type { Infer, SchemaNode, SchemaType } from '../schema/schema-type.ts'
import type { FieldErrors } from './field-errors.ts'
import type { Connect } from './connect.ts'

/** An object of a kind with that schema. */
export type KindObject<Value> = { apiVersion: string; kind: string; metadata: ObjectMeta } & Value

/** A column of `kubectl get`. Name and Age (here Created At) are there without being told. */
export interface Column {
  readonly name: string
  /** A JSON path such as `.spec.replicas` or `.status.conditions[?(@.type=="Ready")].status` without filters: fields and `[n]`. */
  readonly path: string
  readonly type?: 'boolean' | 'date' | 'integer' | 'number' | 'string'
  readonly description?: string
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority?: number
}

/** A version of a kind beside the stored one. */
export interface KindVersion<Stored, Schema extends SchemaType<unknown>> {
  readonly schema: Schema
  /** Both get an object of their own that they may change; metadata is carried over by itself. */
  toStored(object: KindObject<Infer<Schema>>): Stored
  fromStored(object: KindObject<Stored>): Infer<Schema>
  /** Sets what an absent field of this version means. */
  default?(object: KindObject<Infer<Schema>>): void
  /** For what the stored version cannot express: sees a new object as it was sent in this version. */
  validateCreate?(object: KindObject<Infer<Schema>>, errors: FieldErrors): void
}

/** The schemas of the versions beside the stored one, by version. */
export type VersionSchemas = Readonly<Record<string, SchemaType<unknown>>>

/** What a kind's hooks may know of the request. */
export type KindContext = StrategyContext

/** Subresources that a kind may have; each is off unless it is named. */
export interface KindSubresources<Value> {
  /** `/status`: the field `status` is written there and nowhere else. */
  readonly status?: boolean
  /** `/scale`, by the paths of a CustomResourceDefinition. */
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** Others, by name: anything over HTTP or WebSocket. */
  readonly connect?: Readonly<Record<string, Connect<Value>>>
}

/** What an author says of a kind. `version` is the one in which objects are stored. */
export interface KindOptions<Schema extends SchemaType<unknown>, Versions extends VersionSchemas = VersionSchemas> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
  /** The name in URLs; the kind in lower case with a plural ending unless told. */
  readonly plural?: string
  readonly singular?: string
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  /** An object schema; apiVersion, kind and metadata are added. */
  readonly schema: Schema
  /** The same kind in other versions. */
  readonly versions?: { readonly [Name in keyof Versions]: KindVersion<Infer<Schema>, Versions[Name]> }
  readonly columns?: readonly Column[]
  /** Paths that field selectors may name, such as `spec.reference`; names and namespaces always may. */
  readonly selectableFields?: readonly string[]
  readonly subresources?: KindSubresources<Infer<Schema>>
  /** Sets what an absent field of the stored version means. Runs when a body is read. */
  default?(object: KindObject<Infer<Schema>>): void
  prepareForCreate?(object: KindObject<Infer<Schema>>, context: KindContext): void
  prepareForUpdate?(next: KindObject<Infer<Schema>>, previous: KindObject<Infer<Schema>>, context: KindContext): void
  /** Beyond the schema; sees objects in the stored version, on create and, unless `validateUpdate` is given, on update. */
  validate?(object: KindObject<Infer<Schema>>, errors: FieldErrors): void
  validateUpdate?(next: KindObject<Infer<Schema>>, previous: KindObject<Infer<Schema>>, errors: FieldErrors): void
  /** Texts for the client beside a success. */
  warnings?(object: KindObject<Infer<Schema>>): readonly string[]
}

/** A kind that a server can serve: what the author said, in plain values. The type parameter is its objects' type. */
export interface Kind<Value = JsonObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly options: ErasedKindOptions
  /** For the compiler alone: the type of objects. */
  readonly object?: KindObject<Value>
}

/** Options of any kind; hooks take what the schema has let through. */
export interface ErasedKindOptions
  extends Omit<
    KindOptions<SchemaType<JsonObject>>,
    | 'schema'
    | 'versions'
    | 'subresources'
    | 'default'
    | 'prepareForCreate'
    | 'prepareForUpdate'
    | 'validate'
    | 'validateUpdate'
    | 'warnings'
  > {
  readonly node: Extract<SchemaNode, { readonly type: 'object' }>
  readonly versions: Readonly<Record<string, ErasedKindVersion>>
  readonly subresources: KindSubresources<JsonObject>
  readonly default?: (object: KindObject<JsonObject>) => void
  readonly prepareForCreate?: (object: KindObject<JsonObject>, context: KindContext) => void
  readonly prepareForUpdate?: (
    next: KindObject<JsonObject>,
    previous: KindObject<JsonObject>,
    context: KindContext,
  ) => void
  readonly validate?: (object: KindObject<JsonObject>, errors: FieldErrors) => void
  readonly validateUpdate?: (
    next: KindObject<JsonObject>,
    previous: KindObject<JsonObject>,
    errors: FieldErrors,
  ) => void
  readonly warnings?: (object: KindObject<JsonObject>) => readonly string[]
}

export interface ErasedKindVersion {
  readonly node: Extract<SchemaNode, { readonly type: 'object' }>
  readonly toStored: (object: KindObject<JsonObject>) => JsonObject
  readonly fromStored: (object: KindObject<JsonObject>) => JsonObject
  readonly default?: (object: KindObject<JsonObject>) => void
  readonly validateCreate?: (object: KindObject<JsonObject>, errors: FieldErrors) => void
}
