import type { JsonObject } from '@fairlead/apimachinery'
import type { ServedResource } from '../served-resource.ts'
import type { DiscoveryGroup, DiscoveryVersion } from './discovery-groups.ts'

/**
 * apidiscovery.k8s.io/v2 APIGroupDiscoveryList: everything that a client needs to know of all groups in one document.
 * An empty group and version of a responseKind mean those of the entry it stands in.
 */
export function apiGroupDiscoveryList(groups: readonly DiscoveryGroup[]): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(versionDiscovery),
    })),
  }
}

function versionDiscovery({ version, freshness, resources, remoteResources }: DiscoveryVersion): JsonObject {
  if (remoteResources !== undefined) {
    return { version, ...(remoteResources.length > 0 ? { resources: [...remoteResources] } : {}), freshness }
  }
  const parents = new Map<string, ServedResource[]>()
  for (const served of resources) {
    const family = parents.get(served.resource)
    if (family) family.push(served)
    else parents.set(served.resource, [served])
  }
  return { version, resources: [...parents.values()].map(resourceDiscovery), freshness }
}

function resourceDiscovery(family: readonly ServedResource[]): JsonObject {
  const parent = family.find(({ subresource }) => subresource === '')
  const subresources = family.filter(({ subresource }) => subresource !== '')
  const first = family[0]
  return {
    resource: first?.resource ?? '',
    // A parent that is not served itself still gets an entry, with an empty kind.
    responseKind: parent ? responseKind(parent) : { group: '', version: '', kind: '' },
    scope: first?.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: first?.description.singular ?? '',
    verbs: parent ? [...parent.verbs] : [],
    ...(first && first.description.shortNames.length > 0 ? { shortNames: [...first.description.shortNames] } : {}),
    ...(first && first.description.categories.length > 0 ? { categories: [...first.description.categories] } : {}),
    ...(subresources.length > 0 ? { subresources: subresources.map(subresourceDiscovery) } : {}),
  }
}

function subresourceDiscovery(served: ServedResource): JsonObject {
  return { subresource: served.subresource, responseKind: responseKind(served), verbs: [...served.verbs] }
}

function responseKind({ kind, group, version }: ServedResource): JsonObject {
  const elsewhere = kind.group !== group || kind.version !== version
  return { group: elsewhere ? kind.group : '', version: elsewhere ? kind.version : '', kind: kind.kind }
}
