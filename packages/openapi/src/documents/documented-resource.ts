import type { GroupVersionKind, JsonObject } from '@fairlead/apimachinery'

/** A kind as documents name it. */
export interface DocumentedKind extends GroupVersionKind {
  /** Such as `io.k8s.api.apps.v1.Deployment`. */
  readonly definition: string
}

/** What documents say of one resource or subresource in one version. */
export interface DocumentedResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  /** Empty for the resource itself. */
  readonly subresource: string
  readonly namespaced: boolean
  /** The kind of the resource, also for its subresources: operation ids are made of it. */
  readonly parentKind: string
  /** The kind of bodies. */
  readonly kind: DocumentedKind
  /** The definition of the list kind, for resources that can be listed. */
  readonly listDefinition?: string
  readonly verbs: readonly string[]
  /** A stream: the verbs are those of the methods that connect. `path` also documents the form with a trailing path. */
  readonly connect?: { readonly path: boolean }
  /** DELETE answers with the object. */
  readonly returnsDeletedObject: boolean
  readonly strategicMergePatch: boolean
  readonly protobuf: boolean
}

/**
 * Where documents find definitions: the OpenAPI v2 form with `default`s, references as `#/definitions/<name>`.
 * Undefined for names that do not exist.
 */
export type DefinitionSource = (name: string) => JsonObject | undefined
