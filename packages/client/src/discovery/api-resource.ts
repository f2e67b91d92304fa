import type { GroupVersion, GroupVersionKind } from '@fairlead/apimachinery'

/** A resource that a server serves in one version. */
export interface ApiResource extends GroupVersion {
  /** Plural, as in paths. */
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly ApiSubresource[]
}

/** A part of the objects of a resource. Its kind may belong to another group, as that of `scale` does. */
export interface ApiSubresource extends GroupVersionKind {
  readonly name: string
  readonly verbs: readonly string[]
}

/** An API group and its versions, the preferred one first. */
export interface ApiGroup {
  readonly name: string
  readonly versions: readonly string[]
}

/** Everything that a server serves, and what it could not tell. */
export interface DiscoveredApis {
  readonly groups: readonly ApiGroup[]
  /** All versions of all groups, in the server's order. */
  readonly resources: readonly ApiResource[]
  /** Group-versions (`apps/v1`) whose resources are not known, such as those of an aggregated server that is down. */
  readonly failures: ReadonlyMap<string, Error>
}
