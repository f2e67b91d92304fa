import {
  deepEqual,
  forbidden,
  type JsonObject,
  type KubeObject,
  notFound,
  plainError,
  quote,
} from '@fairlead/apimachinery'
import { mastersGroup } from '../../authentication/well-known-users.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { WriteCheck, WriteChecks } from '../../registry/rest/write-check.ts'
import { aggregateText } from '../aggregate-text.ts'
import type { AuthorizationAttributes, Authorizer } from '../authorizer.ts'
import { uncoveredRules } from './covers.ts'
import { describeRules, quoteList } from './describe-rules.ts'
import { type PolicyRule, rbacGroup, type RoleRef } from './policy.ts'
import type { PolicySource } from './policy-source.ts'
import { readRoleRef, readRules } from './read-policy.ts'
import { effectiveRules, missingRole } from './role-rules.ts'

/** What escalation checks ask. */
export interface EscalationParts {
  readonly source: PolicySource
  /** Asked for the verbs `escalate` and `bind`. A failure counts as a no. */
  readonly authorizer: Authorizer
}

/**
 * Nobody may grant more than he holds: roles may only be written by those who hold all of their rules or may `escalate`,
 * bindings by those who hold all rules of the role or may `bind` it. Members of `system:masters` may do everything.
 */
export function escalationChecks(parts: EscalationParts): WriteChecks {
  return {
    [`${rbacGroup}/roles`]: roleCheck(parts, 'roles'),
    [`${rbacGroup}/clusterroles`]: roleCheck(parts, 'clusterroles'),
    [`${rbacGroup}/rolebindings`]: bindingCheck(parts, 'rolebindings'),
    [`${rbacGroup}/clusterrolebindings`]: bindingCheck(parts, 'clusterrolebindings'),
  }
}

function roleCheck(parts: EscalationParts, resource: string): WriteCheck {
  return async (context, { object, oldObject, namespace }) => {
    if (isMaster(context) || changesOnlyOwnership(object, oldObject)) return
    if (await mayEscalate(parts.authorizer, context)) return
    const refuse = (reason: string) => forbidden({ group: rbacGroup, resource }, object.metadata.name ?? '', reason)
    const problem = await notHeld(parts, { context, namespace, rules: readRules(object) })
    if (problem !== undefined) throw refuse(problem)
    if (!aggregates(object) && !aggregates(oldObject)) return
    if ((await notHeld(parts, { context, namespace, rules: fullAuthority })) !== undefined) {
      throw refuse('must have cluster-admin privileges to use the aggregationRule')
    }
  }
}

function bindingCheck(parts: EscalationParts, resource: string): WriteCheck {
  return async (context, { object, oldObject, namespace }) => {
    if (isMaster(context) || changesOnlyOwnership(object, oldObject)) return
    const roleRef = readRoleRef(object)
    if (await mayBind(parts.authorizer, { context, roleRef, namespace })) return
    await parts.source.ready()
    const rules = parts.source.index.rulesOf(roleRef, namespace)
    if (rules === undefined) throw roleNotFound(roleRef)
    const problem = await notHeld(parts, { context, namespace, rules })
    if (problem !== undefined) throw forbidden({ group: rbacGroup, resource }, object.metadata.name ?? '', problem)
  }
}

const none: Omit<PolicyRule, 'verbs'> = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] }
const fullAuthority: readonly PolicyRule[] = [
  { ...none, verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { ...none, verbs: ['*'], nonResourceURLs: ['*'] },
]

/** What the user lacks, as the text of a refusal; undefined when nothing. */
async function notHeld(
  { source }: EscalationParts,
  wanted: { readonly context: RequestContext; readonly namespace: string; readonly rules: readonly PolicyRule[] },
): Promise<string | undefined> {
  const { user } = wanted.context
  await source.ready()
  const { rules, problems } = effectiveRules(source.index, { user, namespace: wanted.namespace, form: 'plural' })
  const missing = uncoveredRules(rules, wanted.rules)
  if (missing.length === 0) return undefined
  const who = `user ${quote(user.name)} (groups=${quoteList(user.groups)})`
  const text = `${who} is attempting to grant RBAC permissions not currently held:\n${describeRules(missing)}`
  return problems.length === 0 ? text : `${text}; resolution errors: [${aggregateText(problems)}]`
}

function mayEscalate(authorizer: Authorizer, { user, info }: RequestContext): Promise<boolean> {
  const isRole = info.group === rbacGroup && (info.resource === 'roles' || info.resource === 'clusterroles')
  if (!info.isResourceRequest || !isRole) return Promise.resolve(false)
  const { group, resource, name, namespace } = info
  return isAllowed(authorizer, { ...anyVersion, user, verb: 'escalate', group, resource, name, namespace })
}

function mayBind(
  authorizer: Authorizer,
  wanted: { readonly context: RequestContext; readonly roleRef: RoleRef; readonly namespace: string },
): Promise<boolean> {
  const { roleRef, namespace } = wanted
  if (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole') return Promise.resolve(false)
  return isAllowed(authorizer, {
    ...anyVersion,
    user: wanted.context.user,
    verb: 'bind',
    group: roleRef.apiGroup,
    resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles',
    name: roleRef.name,
    namespace,
  })
}

const anyVersion = { isResourceRequest: true, path: '', version: '*', subresource: '' } as const

async function isAllowed(authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<boolean> {
  try {
    return (await authorizer(attributes)).decision === 'allow'
  } catch {
    return false
  }
}

function isMaster({ user }: RequestContext): boolean {
  return user.groups.includes(mastersGroup)
}

function aggregates(object: KubeObject | undefined): boolean {
  const rule = object?.['aggregationRule']
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return false
  const selectors = rule['clusterRoleSelectors']
  return Array.isArray(selectors) && selectors.length > 0
}

/** Whoever only takes part in garbage collection grants nothing. */
function changesOnlyOwnership(next: KubeObject, previous: KubeObject | undefined): boolean {
  return previous !== undefined && deepEqual(withoutOwnership(next), withoutOwnership(previous))
}

function withoutOwnership(object: KubeObject): JsonObject {
  const { ownerReferences: _owners, finalizers: _finalizers, managedFields: _managed, ...metadata } = object.metadata
  return { ...object, metadata }
}

function roleNotFound(roleRef: RoleRef): Error {
  const { kind, name } = roleRef
  if (kind !== 'Role' && kind !== 'ClusterRole') return plainError(missingRole(roleRef, 'plural'))
  return notFound({ group: rbacGroup, resource: kind === 'Role' ? 'roles' : 'clusterroles' }, name)
}
