import type { ApiResource, DiscoveredApis } from '@fairlead/client'

/** Each resource once, in the version that the server prefers; those that have all of these verbs. */
export function preferredResources(
  { groups, resources }: DiscoveredApis,
  verbs: readonly string[],
): readonly ApiResource[] {
  const rank = ({ group, version }: ApiResource): number =>
    groups.find(({ name }) => name === group)?.versions.indexOf(version) ?? 0
  const chosen = new Map<string, ApiResource>()
  for (const resource of resources) {
    if (!verbs.every((verb) => resource.verbs.includes(verb))) continue
    const name = `${resource.resource}.${resource.group}`
    const known = chosen.get(name)
    if (known === undefined || rank(resource) < rank(known)) chosen.set(name, resource)
  }
  return [...chosen.values()]
}
