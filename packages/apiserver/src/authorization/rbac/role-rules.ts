import { quote } from '@fairlead/apimachinery'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Binding, PolicyRule, RoleRef } from './policy.ts'
import { rbacGroup } from './policy.ts'
import type { PolicyIndex } from './policy-index.ts'

/** Everything that a user may do in a namespace, and what could not be found out. */
export interface EffectiveRules {
  readonly rules: readonly PolicyRule[]
  /** One text for each bound role that does not exist. */
  readonly problems: readonly string[]
}

/** The rules of all roles bound to a user, ordered by the names of the bindings. `form` names resources in problems. */
export function effectiveRules(
  index: PolicyIndex,
  { user, namespace, form }: { readonly user: UserInfo; readonly namespace: string; readonly form: RoleNameForm },
): EffectiveRules {
  const bindings = new Set<Binding>()
  for (const list of index.bindingsOf(user, namespace)) for (const binding of list) bindings.add(binding)
  const rules: PolicyRule[] = []
  const problems: string[] = []
  for (const { roleRef, namespace: home } of [...bindings].sort(byScopeAndName)) {
    const found = index.rulesOf(roleRef, home)
    if (found === undefined) problems.push(missingRole(roleRef, form))
    else rules.push(...found)
  }
  return { rules, problems }
}

/** Informers name the kind in the singular, the registry its resource. */
export type RoleNameForm = 'singular' | 'plural'

/** What to say of a role that is not there. */
export function missingRole({ kind, name }: RoleRef, form: RoleNameForm): string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${quote(kind)}`
  const resource = `${kind.toLowerCase()}${form === 'plural' ? 's' : ''}`
  return `${resource}.${rbacGroup} ${quote(name)} not found`
}

function byScopeAndName(a: Binding, b: Binding): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
