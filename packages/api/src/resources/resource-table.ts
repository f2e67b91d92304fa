import { resourcesJson } from '../gen/resources.ts'

/** The generated table of built-in resources; facts only. */
export interface ResourceTable {
  readonly groupOrder: readonly string[]
  /** Definition package by group: `io.k8s.api.apps` for `apps`. */
  readonly packages: Readonly<Record<string, string>>
  /** The stored apiVersion by `group/Kind`, where it is not the kind's own. */
  readonly storageVersions: Readonly<Record<string, string>>
  /** By `resource`, or `group/resource` outside the core group. */
  readonly strategies: Readonly<Record<string, StrategyFacts>>
  readonly resources: readonly ResourceFacts[]
}

export interface StrategyFacts {
  readonly createOnUpdate?: boolean
  readonly unconditionalUpdate?: boolean
  /** What raises the generation; absent where the server leaves it alone. */
  readonly generation?: string
  readonly fieldLabels?: readonly string[]
}

export interface ResourceFacts {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly SubresourceFacts[]
  readonly servedByDefault: boolean
  readonly storageVersionHash?: string
}

export interface SubresourceFacts {
  readonly name: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
}

/** Reads the table; the caller keeps it. */
export function readResourceTable(): ResourceTable {
  return JSON.parse(resourcesJson) as ResourceTable
}
