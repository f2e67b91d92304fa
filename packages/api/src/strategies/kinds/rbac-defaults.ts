import type { JsonObject } from '@fairlead/apimachinery'
import { isObject, listAt, objectAt, stringAt } from '../../values/read.ts'

const group = 'rbac.authorization.k8s.io'

/** Sets the groups that a binding leaves out, in place: of the role, and of users and groups. */
export function setBindingDefaults(binding: JsonObject): void {
  const roleRef = objectAt(binding, 'roleRef')
  if (stringAt(roleRef, 'apiGroup') === '') binding['roleRef'] = { ...roleRef, apiGroup: group }
  const subjects = listAt(binding, 'subjects')
  if (!subjects.some((subject) => isObject(subject) && lacksGroup(subject))) return
  binding['subjects'] = subjects.map((subject) =>
    isObject(subject) && lacksGroup(subject) ? withGroup(subject) : subject,
  )
}

function lacksGroup(subject: JsonObject): boolean {
  const kind = stringAt(subject, 'kind')
  return (kind === 'User' || kind === 'Group') && stringAt(subject, 'apiGroup') === ''
}

/** In the order of the schema: kind, apiGroup, name, namespace. */
function withGroup({ kind, name, ...rest }: JsonObject): JsonObject {
  return { ...(kind !== undefined && { kind }), apiGroup: group, ...(name !== undefined && { name }), ...rest }
}
