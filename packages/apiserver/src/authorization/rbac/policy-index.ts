import type { UserInfo } from '../../authentication/user-info.ts'
import type { Binding, PolicyRule, Role, RoleRef } from './policy.ts'
import { createSubjectIndex, type SubjectIndex } from './subject-index.ts'

/** All roles and bindings in force, found by user and by name. */
export interface PolicyIndex {
  setRole(role: Role): void
  removeRole(role: Pick<Role, 'namespace' | 'name'>): void
  setBinding(binding: Binding): void
  removeBinding(binding: Pick<Binding, 'namespace' | 'name'>): void
  /** Rules of the role that a binding in `namespace` refers to; undefined when there is no such role. */
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined
  /**
   * Lists of bindings that apply to a user: ClusterRoleBindings, then the RoleBindings of the namespace, if any. A binding
   * that names the user in several ways may come several times.
   */
  bindingsOf(user: UserInfo, namespace: string): Iterable<readonly Binding[]>
}

/** No policy: nobody may do anything. */
export function createPolicyIndex(): PolicyIndex {
  const roles = new Map<string, Map<string, readonly PolicyRule[]>>()
  const bindings = new Map<string, Map<string, Binding>>()
  const subjects = new Map<string, SubjectIndex<Binding>>()

  const removeBinding = ({ namespace, name }: Pick<Binding, 'namespace' | 'name'>): void => {
    const before = bindings.get(namespace)?.get(name)
    if (before === undefined) return
    remove(bindings, namespace, name)
    const index = subjects.get(namespace)
    index?.remove(before)
    if (index?.isEmpty === true) subjects.delete(namespace)
  }

  return {
    setRole: ({ namespace, name, rules }) => set(roles, namespace, { name, value: rules }),
    removeRole: ({ namespace, name }) => remove(roles, namespace, name),
    setBinding(binding) {
      removeBinding(binding)
      const { namespace, name } = binding
      set(bindings, namespace, { name, value: binding })
      let index = subjects.get(namespace)
      if (index === undefined) {
        index = createSubjectIndex()
        subjects.set(namespace, index)
      }
      index.add(binding)
    },
    removeBinding,
    rulesOf({ kind, name }, namespace) {
      if (kind === 'ClusterRole') return roles.get('')?.get(name)
      return kind === 'Role' && namespace !== '' ? roles.get(namespace)?.get(name) : undefined
    },
    *bindingsOf(user, namespace) {
      const everywhere = subjects.get('')
      if (everywhere !== undefined) yield* everywhere.of(user)
      const here = namespace === '' ? undefined : subjects.get(namespace)
      if (here !== undefined) yield* here.of(user)
    },
  }
}

function set<Value>(
  byNamespace: Map<string, Map<string, Value>>,
  namespace: string,
  { name, value }: { readonly name: string; readonly value: Value },
): void {
  const byName = byNamespace.get(namespace)
  if (byName === undefined) byNamespace.set(namespace, new Map([[name, value]]))
  else byName.set(name, value)
}

function remove<Value>(byNamespace: Map<string, Map<string, Value>>, namespace: string, name: string): void {
  const byName = byNamespace.get(namespace)
  byName?.delete(name)
  if (byName?.size === 0) byNamespace.delete(namespace)
}
