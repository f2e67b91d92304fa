import type { GroupVersionKind, JsonObject } from '@fairlead/apimachinery'
import type { StreamOption } from '../resource/resource-description.ts'

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
  /** A stream: the verbs are those of the methods that connect. */
  readonly connect?: DocumentedConnect
  /** DELETE answers with the object. */
  readonly returnsDeletedObject: boolean
  readonly strategicMergePatch: boolean
  readonly protobuf: boolean
}

/** What documents say of a subresource that leads elsewhere. */
export interface DocumentedConnect {
  /** Also documents the form with a trailing path. */
  readonly path: boolean
  /** Answers with text, and counts as a read. */
  readonly text: boolean
  readonly options: readonly StreamOption[]
}

/**
 * Where documents find definitions: the OpenAPI v2 form with `default`s, references as `#/definitions/<name>`.
 * Undefined for names that do not exist.
 */
export type DefinitionSource = (name: string) => JsonObject | undefined
