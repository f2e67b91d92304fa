import { formatGroupVersion } from '@fairlead/apimachinery'
import { type DocumentedEndpoint, discoveryEndpoints, type DocumentOptions } from '@fairlead/openapi'
import type { ServedResource } from '../served-resource.ts'
import { documentedResource } from './documented-resources.ts'

/** What a v3 document is made of, before anything of it is made. */
export type DocumentParts = Pick<DocumentOptions, 'groupVersion' | 'resources' | 'endpoints'>

/** The discovery endpoints of what is served, and the given ones behind them. */
export function documentedEndpoints(
  served: readonly ServedResource[],
  others: readonly DocumentedEndpoint[],
): readonly DocumentedEndpoint[] {
  const groups = new Map<string, Set<string>>()
  for (const { group, version } of served) groups.set(group, (groups.get(group) ?? new Set()).add(version))
  return [...discoveryEndpoints(groups), ...others]
}

/**
 * The v3 documents by the path that they have under `/openapi/v3/`: one for each group-version, and one for each
 * endpoint that belongs to none (`api`, `apis/apps`, `version`).
 */
export function documentSet(
  served: readonly ServedResource[],
  endpoints: readonly DocumentedEndpoint[],
): ReadonlyMap<string, DocumentParts> {
  const documents = new Map<string, DocumentParts>()
  for (const endpoint of endpoints) {
    documents.set(endpoint.path.slice(1, -1), { resources: [], endpoints: [endpoint] })
  }
  for (const { group, version } of served) {
    const path = `${group === '' ? 'api' : 'apis'}/${formatGroupVersion({ group, version })}`
    const parts = documents.get(path)
    if (parts === undefined || parts.groupVersion !== undefined) continue
    const own = served.filter((resource) => resource.group === group && resource.version === version)
    documents.set(path, { ...parts, groupVersion: { group, version }, resources: own.map(documentedResource) })
  }
  return documents
}
