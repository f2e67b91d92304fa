import type { Clock } from '@fairlead/apimachinery'
import { untilAborted } from '../abort.ts'
import type { Requester } from '../request/requester.ts'
import type { ApiResource, DiscoveredApis } from './api-resource.ts'
import { type CachedRoot, readApis, readRoots } from './read-apis.ts'

/** What a server serves. Read once and kept; asking for something unknown reads again, at most once a second. */
export interface Discovery {
  /** Everything, from memory where possible. */
  apis(options?: { readonly signal?: AbortSignal }): Promise<DiscoveredApis>
  /** Everything, asked of the server anew (with its ETags, so that what has not changed is not sent). */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<DiscoveredApis>
  /** The resource whose objects are of this kind; undefined when the server has none. */
  resourceFor(kind: KindQuery, options?: { readonly signal?: AbortSignal }): Promise<ApiResource | undefined>
  /** The resource with this plural name. */
  find(resource: ResourceQuery, options?: { readonly signal?: AbortSignal }): Promise<ApiResource | undefined>
}

/** A kind. Without a version, the one that the server prefers. */
export interface KindQuery {
  readonly group: string
  readonly version?: string
  readonly kind: string
}

/** A resource. Without a version, the one that the server prefers. */
export interface ResourceQuery {
  readonly group: string
  readonly version?: string
  readonly resource: string
}

const refreshInterval = 1000

export function createDiscovery(requester: Requester, clock: Clock): Discovery {
  let known: DiscoveredApis | undefined
  let roots: readonly [CachedRoot, CachedRoot] | undefined
  let readAt = 0
  let reading: Promise<DiscoveredApis> | undefined

  // Callers share one reading, so that none of their signals may end it; they only stop waiting for it.
  const read = (): Promise<DiscoveredApis> => {
    reading ??= (async () => {
      try {
        roots = await readRoots(requester, roots, undefined)
        known = await readApis(requester, roots, undefined)
        readAt = clock.now()
        return known
      } finally {
        reading = undefined
      }
    })()
    return reading
  }
  const apis = async (signal?: AbortSignal): Promise<DiscoveredApis> => known ?? untilAborted(read(), signal)
  const look = async (
    matches: (resource: ApiResource) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<ApiResource | undefined> => {
    const wasKnown = known !== undefined
    const found = firstMatch(await apis(signal), matches)
    if (found !== undefined || !wasKnown || Math.abs(clock.now() - readAt) < refreshInterval) return found
    return firstMatch(await untilAborted(read(), signal), matches)
  }
  return {
    apis: ({ signal } = {}) => apis(signal),
    refresh: ({ signal } = {}) => untilAborted(read(), signal),
    resourceFor: ({ group, version, kind }, { signal } = {}) =>
      look((found) => found.kind === kind && isVersion(found, group, version), signal),
    find: ({ group, version, resource }, { signal } = {}) =>
      look((found) => found.resource === resource && isVersion(found, group, version), signal),
  }
}

function isVersion(found: ApiResource, group: string, version: string | undefined): boolean {
  return found.group === group && (version === undefined || found.version === version)
}

/** The first of a group's versions, which stand in the order of preference. */
function firstMatch(
  { groups, resources }: DiscoveredApis,
  matches: (resource: ApiResource) => boolean,
): ApiResource | undefined {
  const found = resources.filter(matches)
  if (found.length < 2) return found[0]
  const rank = ({ group, version }: ApiResource): number =>
    groups.find(({ name }) => name === group)?.versions.indexOf(version) ?? 0
  return found.toSorted((a, b) => rank(a) - rank(b))[0]
}
