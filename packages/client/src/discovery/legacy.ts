import { parseGroupVersion } from '@fairlead/apimachinery'
import type { ApiGroup, ApiResource, ApiSubresource } from './api-resource.ts'

/** meta/v1 APIVersions, the document at `/api`. */
export interface ApiVersions {
  readonly kind: 'APIVersions'
  readonly versions?: readonly string[] | null
}

/** meta/v1 APIGroupList, the document at `/apis`. */
export interface ApiGroupList {
  readonly kind: 'APIGroupList'
  readonly groups?:
    | readonly {
        readonly name: string
        readonly versions?: readonly { readonly version: string }[] | null
        readonly preferredVersion?: { readonly version?: string }
      }[]
    | null
}

/** meta/v1 APIResourceList, the document of one group-version. */
export interface ApiResourceList {
  readonly groupVersion: string
  readonly resources?: readonly NamedResource[] | null
}

interface NamedResource {
  readonly name: string
  readonly singularName?: string
  readonly namespaced?: boolean
  readonly group?: string
  readonly version?: string
  readonly kind: string
  readonly verbs?: readonly string[] | null
  readonly shortNames?: readonly string[] | null
  readonly categories?: readonly string[] | null
}

/** The groups of the two root documents, each with its preferred version first. */
export function readGroups(core: ApiVersions | undefined, others: ApiGroupList | undefined): ApiGroup[] {
  const versions = core?.versions ?? []
  const groups = (others?.groups ?? []).map(({ name, versions: served, preferredVersion }) => {
    const all = (served ?? []).map(({ version }) => version)
    const preferred = preferredVersion?.version
    const first = preferred === undefined || !all.includes(preferred) ? [] : [preferred]
    return { name, versions: [...first, ...all.filter((version) => version !== first[0])] }
  })
  return versions.length === 0 ? groups : [{ name: '', versions }, ...groups]
}

/** The resources of one group-version; subresources (`pods/log`) become parts of theirs. */
export function readResources(list: ApiResourceList): ApiResource[] {
  const groupVersion = parseGroupVersion(list.groupVersion)
  if (groupVersion === undefined) throw new Error(`unexpected GroupVersion string: ${list.groupVersion}`)
  const subresources = new Map<string, ApiSubresource[]>()
  for (const { name, group, version, kind, verbs } of list.resources ?? []) {
    const slash = name.indexOf('/')
    if (slash === -1) continue
    const parts = subresources.get(name.slice(0, slash)) ?? []
    subresources.set(name.slice(0, slash), parts)
    parts.push({
      name: name.slice(slash + 1),
      group: group || groupVersion.group,
      version: version || groupVersion.version,
      kind,
      verbs: verbs ?? [],
    })
  }
  return (list.resources ?? [])
    .filter(({ name }) => !name.includes('/'))
    .map((found) => ({
      ...groupVersion,
      resource: found.name,
      singular: found.singularName ?? '',
      kind: found.kind,
      namespaced: found.namespaced === true,
      verbs: found.verbs ?? [],
      shortNames: found.shortNames ?? [],
      categories: found.categories ?? [],
      subresources: subresources.get(found.name) ?? [],
    }))
}
