import type { JsonObject } from '@fairlead/apimachinery'

/**
 * Rules by role, one a row: `VERBS GROUPS RESOURCES [NAMES]` or `VERBS PATHS`, each a list with commas. The core group is
 * written `core`.
 */
export type RoleTable = Readonly<Record<string, readonly string[]>>

/** The rules of a row as the API writes them. */
export function parseRule(row: string): JsonObject {
  const [verbs = '', groupsOrPaths = '', resources, names] = row.split(' ')
  if (resources === undefined) return { verbs: verbs.split(','), nonResourceURLs: groupsOrPaths.split(',') }
  return {
    verbs: verbs.split(','),
    apiGroups: groupsOrPaths.split(',').map((group) => (group === 'core' ? '' : group)),
    resources: resources.split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  }
}
