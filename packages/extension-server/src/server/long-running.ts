import type { RequestInfo } from '@fairlead/apiserver'
import type { ServedKind } from './describe-kinds.ts'

/** What kinds declare of requests that may take as long as they like. */
export interface LongRunningRequests {
  has(info: RequestInfo): boolean
  /** For the main server, of one group: a verb and a subresource each, such as `get console`. */
  declarations(group: string): readonly string[]
}

export function longRunningRequests(served: readonly ServedKind[]): LongRunningRequests {
  const paths = new Set<string>()
  const byGroup = new Map<string, Set<string>>()
  for (const entry of served) {
    const { group, plural, options } = 'provider' in entry ? entry.kind : entry
    for (const [subresource, connect] of Object.entries(options.subresources.connect ?? {})) {
      if (connect.longRunning !== true) continue
      paths.add(`${group}/${plural}/${subresource}`)
      const declared = byGroup.get(group) ?? new Set<string>()
      for (const verb of connect.verbs ?? ['create', 'get']) declared.add(`${verb} ${subresource}`)
      byGroup.set(group, declared)
    }
  }
  return {
    has: ({ group, resource, subresource }) => subresource !== '' && paths.has(`${group}/${resource}/${subresource}`),
    declarations: (group) => [...(byGroup.get(group) ?? [])].sort(),
  }
}
