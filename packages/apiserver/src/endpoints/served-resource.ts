import type {
  Deprecation,
  KindDescription,
  ResourceDescription,
  SubresourceDescription,
  TableColumns,
} from '@fairlead/openapi'
import type { FieldError, KubeObject } from '@fairlead/apimachinery'
import type { RestResource } from '../registry/rest/capabilities.ts'

/**
 * One resource or subresource in one version, ready to be served: what handlers, discovery and OpenAPI need to know, and
 * the storage behind it. Handlers convert between the URL's version and the stored one with `toStorage`/`fromStorage`.
 */
export interface ServedResource {
  readonly group: string
  readonly version: string
  /** Plural name, without the subresource. */
  readonly resource: string
  /** Empty for the resource itself. */
  readonly subresource: string
  readonly namespaced: boolean
  /** The kind of request and response bodies. Of a Scale or a Binding it lives in another group-version. */
  readonly kind: KindDescription
  readonly listKind: string
  /** True where items of a list carry kind and apiVersion (custom resources); those of built-in kinds do not. */
  readonly listItemsCarryKind?: boolean
  /** Sorted; for connect subresources the verbs that their methods map to. */
  readonly verbs: readonly string[]
  /** True when the URL's version is the stored one, so that stored bytes can be sent as they are. */
  readonly isStorageVersion: boolean
  toStorage(object: KubeObject): KubeObject
  fromStorage(object: KubeObject): KubeObject
  /** What is wrong with a body of this version that its stored form cannot tell. */
  validateCreate?(object: KubeObject): readonly FieldError[]
  /** What this version asks of an object beside the strategy. */
  validate?(object: KubeObject): readonly FieldError[]
  /** Translates a field selector label of this version; throws the exact BadRequest. */
  fieldLabel(label: string): string
  /** Absent where a Table is not offered. */
  readonly columns?: TableColumns
  /** DELETE answers with the object instead of a Status. */
  readonly returnsDeletedObject: boolean
  /** The whole description, for discovery and OpenAPI. */
  readonly description: ResourceDescription
  readonly subresourceDescription?: SubresourceDescription
  /** Every answer warns of it. */
  readonly deprecation?: Deprecation
  readonly rest: RestResource
}
