import { formatGroupVersion, parseGroupVersion } from '@fairlead/apimachinery'
import type { ApiResource, DiscoveredApis } from '@fairlead/client'

/** How the objects of a kind are reached. */
export interface ApiKind {
  readonly apiVersion: string
  readonly kind: string
  readonly resource: string
  readonly namespaced: boolean
}

/** The kinds that the server serves, in all versions. */
export interface ApiKinds {
  find(apiVersion: string, kind: string): ApiKind | undefined
  /** Whether the server could not say which kinds of this API version it has. */
  isDoubtful(apiVersion: string): boolean
  /** Whether there is any of these. */
  readonly hasDoubtful: boolean
  /**
   * Takes in what discovery says; true when there are kinds that were not there before, or some that are no longer in doubt.
   * Those that it cannot tell of stay.
   */
  update(apis: DiscoveredApis): boolean
}

/** The server has no such kind, now. */
export class UnknownKindError extends Error {
  readonly apiVersion: string
  readonly kind: string

  constructor(apiVersion: string, kind: string) {
    super(`unable to get REST mapping for ${apiVersion}/${kind}.`)
    this.apiVersion = apiVersion
    this.kind = kind
  }

  static {
    this.prototype.name = 'UnknownKindError'
  }
}

export function createApiKinds(): ApiKinds {
  let known = new Map<string, ApiKind>()
  let doubtful: ReadonlySet<string> = new Set()
  return {
    find: (apiVersion, kind) => known.get(keyOf(apiVersion, kind)),
    isDoubtful: (apiVersion) => doubtful.has(apiVersion),
    get hasDoubtful() {
      return doubtful.size > 0
    },
    update({ resources, failures }) {
      const hasRecovered = [...doubtful].some((apiVersion) => !failures.has(apiVersion))
      doubtful = new Set(failures.keys())
      const next = new Map<string, ApiKind>()
      for (const [key, kind] of known) if (doubtful.has(kind.apiVersion)) next.set(key, kind)
      for (const resource of resources) {
        const kind = apiKind(resource)
        const key = keyOf(kind.apiVersion, kind.kind)
        if (kind.kind !== '' && (!next.has(key) || doubtful.has(kind.apiVersion))) next.set(key, kind)
      }
      const isNew = [...next.keys()].some((key) => !known.has(key))
      known = next
      return isNew || hasRecovered
    },
  }
}

export function apiKind({ kind, resource, namespaced, ...groupVersion }: ApiResource): ApiKind {
  return { apiVersion: formatGroupVersion(groupVersion), kind, resource, namespaced }
}

/** The group of an API version that the server serves. */
export function groupOf({ apiVersion }: ApiKind): string {
  return parseGroupVersion(apiVersion)?.group ?? ''
}

function keyOf(apiVersion: string, kind: string): string {
  return `${apiVersion}/${kind}`
}
