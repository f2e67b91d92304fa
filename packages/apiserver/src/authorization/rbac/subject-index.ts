import type { UserInfo } from '../../authentication/user-info.ts'
import type { Binding, Subject } from './policy.ts'

/** Finds the bindings of a user without looking at those of others. */
export interface SubjectIndex<Bound extends Binding> {
  add(binding: Bound): void
  remove(binding: Bound): void
  /** Lists of bindings that name the user or one of its groups. A binding that names several is in several lists. */
  of(user: UserInfo): Iterable<readonly Bound[]>
  readonly isEmpty: boolean
}

/** No bindings yet. */
export function createSubjectIndex<Bound extends Binding>(): SubjectIndex<Bound> {
  const users = new Map<string, Bound[]>()
  const groups = new Map<string, Bound[]>()
  const mapOf = (kind: string): Map<string, Bound[]> => (kind === 'Group' ? groups : users)
  return {
    add(binding) {
      for (const { kind, name } of keysOf(binding)) {
        const bindings = mapOf(kind).get(name)
        if (bindings === undefined) mapOf(kind).set(name, [binding])
        else bindings.push(binding)
      }
    },
    remove(binding) {
      for (const { kind, name } of keysOf(binding)) {
        const others = (mapOf(kind).get(name) ?? []).filter((other) => other !== binding)
        if (others.length === 0) mapOf(kind).delete(name)
        else mapOf(kind).set(name, others)
      }
    },
    *of(user) {
      const own = users.get(user.name)
      if (own !== undefined) yield own
      for (const group of user.groups) {
        const shared = groups.get(group)
        if (shared !== undefined) yield shared
      }
    },
    get isEmpty() {
      return users.size === 0 && groups.size === 0
    },
  }
}

/** The first subject of a binding that a user is, or is a member of. */
export function subjectOf(binding: Binding, user: UserInfo): Subject | undefined {
  return binding.subjects.find((subject) => {
    if (subject.kind === 'Group') return user.groups.includes(subject.name)
    return userName(subject, binding) === user.name
  })
}

/** Service accounts are users by their long name. Subjects of an unknown kind, or of nowhere, are nobody. */
function userName({ kind, name, namespace }: Subject, binding: Binding): string | undefined {
  if (kind === 'User') return name
  const home = namespace === '' ? binding.namespace : namespace
  return kind === 'ServiceAccount' && home !== '' ? `system:serviceaccount:${home}:${name}` : undefined
}

/** Each user and group once. */
function keysOf(binding: Binding): Iterable<{ readonly kind: string; readonly name: string }> {
  const keys = new Map<string, { readonly kind: string; readonly name: string }>()
  for (const subject of binding.subjects) {
    const name = subject.kind === 'Group' ? subject.name : userName(subject, binding)
    if (name === undefined) continue
    const kind = subject.kind === 'Group' ? 'Group' : 'User'
    keys.set(`${kind} ${name}`, { kind, name })
  }
  return keys.values()
}
