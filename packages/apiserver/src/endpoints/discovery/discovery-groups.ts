import type { JsonObject } from '@fairlead/apimachinery'
import type { ServedResource } from '../served-resource.ts'
import { compareGroups, compareVersions } from './group-order.ts'

/** One group for discovery; the core group has the empty name. */
export interface DiscoveryGroup {
  readonly name: string
  /** Preferred first. */
  readonly versions: readonly DiscoveryVersion[]
}

export interface DiscoveryVersion {
  readonly version: string
  /** `Stale` for versions whose server does not answer. */
  readonly freshness: 'Current' | 'Stale'
  /** Sorted by name, subresources behind their resource. */
  readonly resources: readonly ServedResource[]
  /** Entries of the aggregated document that another server wrote; they stand in place of `resources`. */
  readonly remoteResources?: readonly JsonObject[]
}

/** Groups what is served by group and version, in the order in which discovery lists it. */
export function discoveryGroups(served: readonly ServedResource[]): readonly DiscoveryGroup[] {
  const groups = new Map<string, Map<string, ServedResource[]>>()
  for (const resource of served) {
    const versions = entry(groups, resource.group, () => new Map<string, ServedResource[]>())
    entry(versions, resource.version, () => []).push(resource)
  }
  return [...groups]
    .sort(([a], [b]) => compareGroups(a, b))
    .map(([name, versions]) => ({
      name,
      versions: [...versions]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, resources]) => ({ version, freshness: 'Current', resources: resources.sort(byName) })),
    }))
}

/** `pods/status`, or `pods` for the resource itself. */
export function resourcePath({ resource, subresource }: ServedResource): string {
  return subresource === '' ? resource : `${resource}/${subresource}`
}

function byName(a: ServedResource, b: ServedResource): number {
  const [left, right] = [resourcePath(a), resourcePath(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
