import { formatGroupVersion } from '@fairlead/apimachinery'
import type { ApiGroup, ApiResource, DiscoveredApis } from './api-resource.ts'

/** apidiscovery.k8s.io APIGroupDiscoveryList, in v2 and v2beta1. */
export interface GroupDiscoveryList {
  readonly kind: 'APIGroupDiscoveryList'
  readonly items?: readonly GroupDiscovery[] | null
}

interface GroupDiscovery {
  readonly metadata?: { readonly name?: string }
  readonly versions?: readonly VersionDiscovery[] | null
}

interface VersionDiscovery {
  readonly version: string
  readonly freshness?: string
  readonly resources?: readonly ResourceDiscovery[] | null
}

interface ResourceDiscovery {
  readonly resource: string
  readonly singularResource?: string
  readonly scope?: string
  readonly responseKind?: DiscoveredKind | null
  readonly verbs?: readonly string[] | null
  readonly shortNames?: readonly string[] | null
  readonly categories?: readonly string[] | null
  readonly subresources?: readonly SubresourceDiscovery[] | null
}

interface SubresourceDiscovery {
  readonly subresource: string
  readonly responseKind?: DiscoveredKind | null
  readonly verbs?: readonly string[] | null
}

interface DiscoveredKind {
  readonly group?: string
  readonly version?: string
  readonly kind?: string
}

/** Reads aggregated discovery documents. A stale version counts as a failure, as client-go counts it. */
export function readAggregated(lists: readonly GroupDiscoveryList[]): DiscoveredApis {
  const groups: ApiGroup[] = []
  const resources: ApiResource[] = []
  const failures = new Map<string, Error>()
  for (const group of lists.flatMap(({ items }) => items ?? [])) {
    const name = group.metadata?.name ?? ''
    const versions = group.versions ?? []
    groups.push({ name, versions: versions.map(({ version }) => version) })
    for (const version of versions) {
      const groupVersion = formatGroupVersion({ group: name, version: version.version })
      if (version.freshness === 'Stale') {
        failures.set(groupVersion, new Error(`stale GroupVersion discovery: ${groupVersion}`))
      }
      for (const resource of version.resources ?? []) resources.push(readResource(name, version.version, resource))
    }
  }
  return { groups, resources, failures }
}

function readResource(group: string, version: string, found: ResourceDiscovery): ApiResource {
  return {
    // The kind tells of another group only for subresources.
    group,
    version,
    resource: found.resource,
    singular: found.singularResource ?? '',
    kind: found.responseKind?.kind ?? '',
    namespaced: found.scope === 'Namespaced',
    verbs: found.verbs ?? [],
    shortNames: found.shortNames ?? [],
    categories: found.categories ?? [],
    subresources: (found.subresources ?? []).map(({ subresource, responseKind, verbs }) => ({
      name: subresource,
      group: responseKind?.group ?? group,
      version: responseKind?.version ?? version,
      kind: responseKind?.kind ?? '',
      verbs: verbs ?? [],
    })),
  }
}
