import type { FieldError, JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { KindDescription } from './kind-description.ts'
import type { ResourceStrategy } from './strategy.ts'
import type { TableColumns } from './table-columns.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/**
 * Everything that the server knows of a resource. Routes, discovery, OpenAPI, decoding, tables and protobuf derive from
 * this one description; built-in kinds, custom resources and extension kinds make it from three different sources.
 */
export interface ResourceDescription {
  readonly group: string
  /** The plural name in URLs. */
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly listKind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  /** Sorted. Create-only resources (reviews) have no storage. */
  readonly verbs: readonly Verb[]
  /** Preferred first. */
  readonly versions: readonly ResourceVersion[]
  /** Absent for resources that keep nothing (reviews, bindings). */
  readonly storage?: ResourceStorage
  readonly strategy: ResourceStrategy
  readonly subresources: readonly SubresourceDescription[]
  /** Absent where the resource cannot be shown as a table. */
  readonly columns?: TableColumns
}

/** One served version of a resource. */
export interface ResourceVersion {
  readonly version: string
  readonly kind: KindDescription
  /** False for versions that must be switched on (`--runtime-config`). */
  readonly servedByDefault: boolean
  /** Both return a new object, or the same one when this version is the stored one. */
  toStorage(object: KubeObject): KubeObject
  fromStorage(object: KubeObject): KubeObject
  /**
   * What is wrong with a new object as it was sent in this version, where its stored form cannot tell. A creation is refused
   * for it once mutating admission has let it through.
   */
  validateCreate?(object: KubeObject): readonly FieldError[]
  /** What this version asks of an object beside the strategy. Writes of the resource itself are looked at after mutating admission. */
  validate?(object: KubeObject): readonly FieldError[]
  /**
   * The key in `ResourceStrategy.selectableFields` that a field selector label of this version means.
   * Throws a BadRequest StatusError with the exact text when the label is not supported.
   */
  fieldLabel(label: string): string
  /** Base64 hash of the storage group, version and kind for discovery; absent for create-only resources. */
  readonly storageVersionHash?: string
  readonly deprecation?: Deprecation
}

/** A version that clients should leave. */
export interface Deprecation {
  /** The text of the Warning header of every answer. */
  readonly warning: string
  /** The release without it, such as `1.39`; absent when none is planned. */
  readonly removedRelease?: string
}

/** Where and in which form a resource is kept. */
export interface ResourceStorage {
  /** The path below `/registry/`, without slashes at the ends: `pods`, `services/specs`, `example.com/widgets`. */
  readonly prefix: string
  /** The apiVersion and kind that stored bytes carry. */
  readonly apiVersion: string
  readonly kind: string
  /** Seconds after which an object expires (events). */
  readonly ttlSeconds?: number
}

/** A subresource: its own route and kind, over the parent's stored object unless it connects elsewhere. */
export interface SubresourceDescription {
  /** `status`, `scale`, `log`; may be followed by a path at the end of the URL when `connectPath` is set. */
  readonly name: string
  /** The kind in discovery; group and version are given when they differ from the parent's. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly verbs: readonly string[]
  /** How bodies are read where they are not of the parent's kind; the name of the kind alone for streams' options. */
  readonly kindDescription?: KindDescription
  readonly type: /** GET, PUT, PATCH of the parent kind with another strategy (status, approval, resize, ephemeralcontainers, finalize). */
    | { readonly of: 'object'; readonly strategy: ResourceStrategy }
    /** autoscaling/v1 Scale over the parent. */
    | { readonly of: 'scale'; readonly scale: ScaleMapping }
    /** POST of another kind (binding, eviction, token). */
    | { readonly of: 'action' }
    /** A stream to somewhere else (log, exec, attach, portforward, proxy). */
    | {
        readonly of: 'connect'
        /** Whether a path may follow. */
        readonly path: boolean
        /** What the query may say, in alphabetical order. */
        readonly options: readonly StreamOption[]
      }
  /** Versions of the parent that have it; absent means all. */
  readonly versions?: readonly string[]
}

/** A query parameter of a stream. */
export interface StreamOption {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean'
  readonly description: string
}

/** How a Scale reads and writes its parent (stored form). */
export interface ScaleMapping {
  replicas(parent: JsonObject): number
  statusReplicas(parent: JsonObject): number
  /** The selector in string form, empty when there is none. */
  selector(parent: JsonObject): string
  setReplicas(parent: KubeObject, replicas: number): void
}
