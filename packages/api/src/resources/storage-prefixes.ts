import type { GroupResource } from '@fairlead/apimachinery'

/** Key prefixes that are not the plural name. */
const special: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  ingresses: 'ingress',
}

/** Groups whose servers keep their resources below the group's name. */
const grouped: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** Where objects of a built-in resource are kept, below `/registry/`. */
export function storagePrefix({ group, resource }: GroupResource): string {
  return grouped.has(group) ? `${group}/${resource}` : (special[resource] ?? resource)
}
