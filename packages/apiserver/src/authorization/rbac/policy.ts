/** What somebody may do: verbs on resources, or verbs on paths. Fields that a rule does not have are empty. */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  /** Empty for all names. */
  readonly resourceNames: readonly string[]
  readonly nonResourceURLs: readonly string[]
}

/** Which role a binding grants. */
export interface RoleRef {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

/** Whom a binding grants it to. */
export interface Subject {
  readonly kind: string
  readonly apiGroup: string
  readonly name: string
  /** Of service accounts; empty for the namespace of the binding. */
  readonly namespace: string
}

/** A Role, or a ClusterRole when the namespace is empty. */
export interface Role {
  readonly namespace: string
  readonly name: string
  readonly rules: readonly PolicyRule[]
}

/** A RoleBinding, or a ClusterRoleBinding when the namespace is empty. */
export interface Binding {
  readonly namespace: string
  readonly name: string
  readonly roleRef: RoleRef
  readonly subjects: readonly Subject[]
}

export const rbacGroup = 'rbac.authorization.k8s.io'
