import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { objectsAt, stringAt, stringsAt } from '../../values/read.ts'
import { type Binding, type PolicyRule, rbacGroup, type Role, type RoleRef, type Subject } from './policy.ts'

/** Reads a Role or ClusterRole. What schemas would refuse reads as absent: stored objects are never the reason of a crash. */
export function readRole(object: KubeObject): Role {
  const { namespace = '', name = '' } = object.metadata
  return { namespace, name, rules: readRules(object) }
}

/** Reads a RoleBinding or ClusterRoleBinding. */
export function readBinding(object: KubeObject): Binding {
  const { namespace = '', name = '' } = object.metadata
  return { namespace, name, roleRef: readRoleRef(object), subjects: objectsAt(object, 'subjects').map(readSubject) }
}

/** The rules of a role. */
export function readRules(role: JsonObject): readonly PolicyRule[] {
  return objectsAt(role, 'rules').map((rule) => ({
    verbs: stringsAt(rule, 'verbs'),
    apiGroups: stringsAt(rule, 'apiGroups'),
    resources: stringsAt(rule, 'resources'),
    resourceNames: stringsAt(rule, 'resourceNames'),
    nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
  }))
}

/** The role that a binding refers to, with the default group. */
export function readRoleRef(binding: JsonObject): RoleRef {
  return {
    apiGroup: stringAt(binding, 'roleRef', 'apiGroup') || rbacGroup,
    kind: stringAt(binding, 'roleRef', 'kind'),
    name: stringAt(binding, 'roleRef', 'name'),
  }
}

function readSubject(subject: JsonObject): Subject {
  return {
    kind: stringAt(subject, 'kind'),
    apiGroup: stringAt(subject, 'apiGroup'),
    name: stringAt(subject, 'name'),
    namespace: stringAt(subject, 'namespace'),
  }
}
