import type { DiscoveryGroup, DiscoveryVersion } from '@fairlead/apiserver'
import { compareKubeVersions } from '@fairlead/apimachinery'
import type { ApiService } from '../api-service/api-service.ts'
import { sortedByGroupAndVersion } from '../api-service/priority.ts'
import { builtinPriority } from '../registration/builtin-priorities.ts'
import type { RemoteDiscovery } from './discovery-manager.ts'

/** The group of APIServices themselves: always first, and without an APIService of its own. */
const ownGroup = 'apiregistration.k8s.io'
const ownPriority = 20_001
const unknownPriority = { group: 1000, version: 15 }

/** The groups that `/apis` and `/apis/{group}` list: those of all APIServices, available or not (DSC-1, DSC-2). */
export function registeredGroups(
  apiServices: Iterable<ApiService>,
  local: readonly DiscoveryGroup[],
): readonly DiscoveryGroup[] {
  const registered = sortedByGroupAndVersion(apiServices)
    .filter(([first]) => first !== undefined && first.group !== '' && first.group !== ownGroup)
    .map(
      (members): DiscoveryGroup => ({
        name: members[0]?.group ?? '',
        versions: members.map(({ version }) => ({ version, freshness: 'Current', resources: [] })),
      }),
    )
  return [...local.filter(({ name }) => name === ownGroup), ...registered]
}

/**
 * The groups of the aggregated document: what this server serves and what the servers behind it said. A remote
 * group-version stands in place of a local one (AGD-5, AGD-6, DM-4).
 */
export function mergedGroups(
  apiServices: readonly ApiService[],
  local: readonly DiscoveryGroup[],
  remote: (name: string) => RemoteDiscovery | undefined,
): readonly DiscoveryGroup[] {
  const groups = new Map<string, Map<string, DiscoveryVersion>>()
  const put = (group: string, version: DiscoveryVersion): void => {
    const versions = groups.get(group) ?? new Map<string, DiscoveryVersion>()
    groups.set(group, versions.set(version.version, version))
  }
  for (const { name, versions } of local) for (const version of versions) put(name, version)
  for (const { name, group, version, service } of apiServices) {
    if (service === undefined) continue
    const { freshness, resources } = remote(name) ?? { freshness: 'Stale', resources: [] }
    put(group, { version, freshness, resources: [], remoteResources: resources })
  }
  const rank = priorityOf(apiServices)
  return [...groups]
    .map(([name, versions]) => ({
      name,
      priority:
        name === ownGroup ? ownPriority : Math.max(...[...versions.keys()].map((version) => rank(name, version).group)),
      versions: [...versions.values()].sort(
        (a, b) =>
          rank(name, b.version).version - rank(name, a.version).version || compareKubeVersions(a.version, b.version),
      ),
    }))
    .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, versions }) => ({ name, versions }))
}

function priorityOf(apiServices: readonly ApiService[]) {
  const given = new Map(
    apiServices.map(({ group, version, groupPriorityMinimum, versionPriority }) => [
      `${group}/${version}`,
      { group: groupPriorityMinimum, version: versionPriority },
    ]),
  )
  return (group: string, version: string) =>
    given.get(`${group}/${version}`) ?? builtinPriority(group, version) ?? unknownPriority
}
