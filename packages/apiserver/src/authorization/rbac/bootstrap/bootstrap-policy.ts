import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { rbacGroup } from '../policy.ts'
import { clusterRoleBindings, namespacedRoleBindings } from './bindings.ts'
import { clusterRoles } from './cluster-roles.ts'
import { controllerRoles } from './controller-roles.ts'
import { namespacedRoles } from './namespaced-roles.ts'
import { parseRule } from './role-table.ts'

/** The annotation that lets the server keep an object up to date; users set it to `false`. */
export const autoupdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate'

/** Roles that collect the rules of all ClusterRoles with their label. */
const aggregatedRoles = ['admin', 'edit', 'view'] as const
/** Which of these collect the rules of which bootstrap roles. */
const aggregatedInto: Readonly<Record<string, (typeof aggregatedRoles)[number]>> = {
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
  edit: 'admin',
  view: 'edit',
}

/** Roles and bindings that a server brings along: roles first, as bindings refer to them. */
export function bootstrapPolicy(): readonly KubeObject[] {
  return [
    ...aggregatedRoles.map((name) => ({
      ...object('ClusterRole', name),
      rules: null,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregationLabel(name)]: 'true' } }] },
    })),
    ...Object.entries(clusterRoles).map(([name, rows]) => role('ClusterRole', name, rows)),
    ...Object.entries(controllerRoles).map(([name, rows]) => role('ClusterRole', controllerRole(name), rows)),
    ...Object.entries(namespacedRoles).map(([name, rows]) => role('Role', name, rows)),
    ...Object.entries(clusterRoleBindings).map(([name, subjects]) =>
      binding('ClusterRoleBinding', name, { kind: 'ClusterRole', name, subjects }),
    ),
    ...Object.keys(controllerRoles).map((name) =>
      binding('ClusterRoleBinding', controllerRole(name), {
        kind: 'ClusterRole',
        name: controllerRole(name),
        subjects: [`ServiceAccount kube-system/${name}`],
      }),
    ),
    ...Object.entries(namespacedRoleBindings).map(([name, { role: roleName, subjects }]) =>
      binding('RoleBinding', name, { kind: 'Role', name: roleName, subjects }),
    ),
  ]
}

/** The rules of nodes that follow from no object, as the Node authorizer applies them. */
export function nodeRules(): readonly JsonObject[] {
  return (clusterRoles['system:node'] ?? []).map(parseRule)
}

function role(kind: string, path: string, rows: readonly string[]): KubeObject {
  return { ...object(kind, path), rules: rows.map(parseRule) }
}

function binding(
  kind: string,
  path: string,
  grant: { readonly kind: string; readonly name: string; readonly subjects: readonly string[] },
): KubeObject {
  return {
    ...object(kind, path),
    ...(grant.subjects.length === 0 ? {} : { subjects: grant.subjects.map(parseSubject) }),
    roleRef: { apiGroup: rbacGroup, kind: grant.kind, name: grant.name },
  }
}

/** `path` is a name, or namespace and name. */
function object(kind: string, path: string): KubeObject {
  const slash = path.indexOf('/')
  const name = path.slice(slash + 1)
  const into = aggregatedInto[name]
  return {
    kind,
    apiVersion: `${rbacGroup}/v1`,
    metadata: {
      name,
      ...(slash < 0 ? {} : { namespace: path.slice(0, slash) }),
      labels: {
        'kubernetes.io/bootstrapping': 'rbac-defaults',
        ...(into === undefined ? {} : { [aggregationLabel(into)]: 'true' }),
      },
      annotations: { [autoupdateAnnotation]: 'true' },
    },
  }
}

function parseSubject(text: string): JsonObject {
  const [kind = '', path = ''] = text.split(' ')
  if (kind !== 'ServiceAccount') return { kind, apiGroup: rbacGroup, name: path }
  const [namespace = '', name = ''] = path.split('/')
  return { kind, name, namespace }
}

function controllerRole(name: string): string {
  return `system:controller:${name}`
}

function aggregationLabel(role: string): string {
  return `${rbacGroup}/aggregate-to-${role}`
}
