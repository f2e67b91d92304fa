import { formatGroupVersion, type JsonObject } from '@fairlead/apimachinery'
import type { ServedResource } from '../served-resource.ts'
import { type DiscoveryGroup, type DiscoveryVersion, resourcePath } from './discovery-groups.ts'

/** `/api`: the versions of the core group. Carries no apiVersion. `serverAddress` is `ip:port`. */
export function apiVersions(core: DiscoveryGroup | undefined, serverAddress: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: (core?.versions ?? []).map(({ version }) => version),
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

/** `/apis`: every group but the core one. */
export function apiGroupList(groups: readonly DiscoveryGroup[]): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ name }) => name !== '').map(groupVersions) }
}

/** `/apis/{group}`. */
export function apiGroup(group: DiscoveryGroup): JsonObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupVersions(group) }
}

function groupVersions({ name, versions }: DiscoveryGroup): JsonObject {
  const entries = versions.map(({ version }) => ({
    groupVersion: formatGroupVersion({ group: name, version }),
    version,
  }))
  return { name, versions: entries, ...(entries[0] ? { preferredVersion: entries[0] } : {}) }
}

/** `/api/v1` and `/apis/{group}/{version}`. The core list carries no apiVersion. */
export function apiResourceList(group: string, { version, resources }: DiscoveryVersion): JsonObject {
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: formatGroupVersion({ group, version }),
    resources: resources.map(apiResource),
  }
}

/** Group and version are given only where the kind lives elsewhere; subresources have no singular name and no hash. */
function apiResource(served: ServedResource): JsonObject {
  const { description, kind, subresource } = served
  const elsewhere = kind.group !== served.group || kind.version !== served.version
  const isResource = subresource === ''
  const hash = description.versions.find(({ version }) => version === served.version)?.storageVersionHash
  return {
    name: resourcePath(served),
    singularName: isResource ? description.singular : '',
    namespaced: served.namespaced,
    ...(elsewhere ? { ...(kind.group === '' ? {} : { group: kind.group }), version: kind.version } : {}),
    kind: kind.kind,
    verbs: [...served.verbs],
    ...(isResource && description.shortNames.length > 0 ? { shortNames: [...description.shortNames] } : {}),
    ...(isResource && description.categories.length > 0 ? { categories: [...description.categories] } : {}),
    ...(isResource && hash !== undefined ? { storageVersionHash: hash } : {}),
  }
}
