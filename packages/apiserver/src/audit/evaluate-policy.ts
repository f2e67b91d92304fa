import type { AuthorizationAttributes } from '../authorization/authorizer.ts'
import type { AuditLevel, AuditStage } from './levels.ts'
import type { AuditedResources, AuditPolicy, AuditPolicyRule } from './policy.ts'

/** How one request is recorded. */
export interface AuditDecision {
  readonly level: AuditLevel
  readonly omitStages: ReadonlySet<AuditStage>
  readonly omitManagedFields: boolean
}

/** What of a request a policy looks at. Nobody is the user of a request that is not authenticated. */
export type AuditedAttributes = Omit<AuthorizationAttributes, 'user' | 'labelSelector' | 'fieldSelector'> & {
  readonly user?: AuthorizationAttributes['user']
}

/** Decides about requests by a policy. What no rule matches is not recorded. */
export function createPolicyEvaluator(policy: AuditPolicy): (attributes: AuditedAttributes) => AuditDecision {
  const rules = policy.rules.map((rule) => ({
    rule,
    decision: {
      level: rule.level,
      omitStages: new Set([...policy.omitStages, ...rule.omitStages]),
      omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields,
    },
  }))
  const unmatched: AuditDecision = {
    level: 'None',
    omitStages: new Set(policy.omitStages),
    omitManagedFields: policy.omitManagedFields,
  }
  return (attributes) => rules.find(({ rule }) => matches(rule, attributes))?.decision ?? unmatched
}

function matches(rule: AuditPolicyRule, attributes: AuditedAttributes): boolean {
  const { user, verb } = attributes
  if (rule.users.length > 0 && (user === undefined || !rule.users.includes(user.name))) return false
  if (rule.userGroups.length > 0 && user?.groups.some((group) => rule.userGroups.includes(group)) !== true) return false
  if (rule.verbs.length > 0 && !rule.verbs.includes(verb)) return false
  if (rule.namespaces.length > 0 || rule.resources.length > 0) return matchesResource(rule, attributes)
  if (rule.nonResourceURLs.length > 0) return matchesPath(rule, attributes)
  return true
}

function matchesPath({ nonResourceURLs }: AuditPolicyRule, { isResourceRequest, path }: AuditedAttributes): boolean {
  if (isResourceRequest) return false
  return nonResourceURLs.some(
    (pattern) =>
      pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''))),
  )
}

function matchesResource({ namespaces, resources }: AuditPolicyRule, attributes: AuditedAttributes): boolean {
  if (!attributes.isResourceRequest) return false
  if (namespaces.length > 0 && !namespaces.includes(attributes.namespace)) return false
  return resources.length === 0 || resources.some((entry) => covers(entry, attributes))
}

function covers(
  { group, resources, resourceNames }: AuditedResources,
  { group: asked, resource, subresource, name }: AuditedAttributes,
): boolean {
  if (group !== '*' && group !== asked) return false
  if (resources.length === 0) return true
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false
  const combined = subresource === '' ? resource : `${resource}/${subresource}`
  return resources.some(
    (pattern) =>
      pattern === combined ||
      pattern === '*' ||
      (subresource !== '' && pattern === `*/${subresource}`) ||
      // Upstream lets `pods/*` match pods themselves as well.
      pattern === `${resource}/*`,
  )
}
