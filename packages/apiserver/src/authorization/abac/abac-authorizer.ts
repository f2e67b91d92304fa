import type { UserInfo } from '../../authentication/user-info.ts'
import type { AuthorizationAttributes, Authorizer } from '../authorizer.ts'
import { coversPath } from '../rbac/rule-allows.ts'
import type { RuleResolver } from '../rule-resolver.ts'
import type { AbacPolicy } from './abac-policy.ts'

const reading: readonly string[] = ['get', 'list', 'watch']

/** Allows what a line of a policy file allows. It never denies. */
export function abacAuthorizer(policies: readonly AbacPolicy[]): Authorizer {
  return (attributes) =>
    policies.some((policy) => allows(policy, attributes))
      ? { decision: 'allow' }
      : { decision: 'no-opinion', reason: 'No policy matched.' }
}

/** Lists what the lines for a user allow in a namespace. */
export function abacRules(policies: readonly AbacPolicy[]): RuleResolver {
  return (user, namespace) => {
    const own = policies.filter((policy) => isFor(policy, user) && matches(policy.namespace, namespace))
    const verbs = (policy: AbacPolicy) => (policy.readonly ? reading : ['*'])
    return {
      resourceRules: own
        .filter(({ resource }) => resource !== '')
        .map((policy) => ({ verbs: verbs(policy), apiGroups: [policy.apiGroup], resources: [policy.resource] })),
      nonResourceRules: own
        .filter(({ nonResourcePath }) => nonResourcePath !== '')
        .map((policy) => ({ verbs: verbs(policy), nonResourceURLs: [policy.nonResourcePath] })),
      incomplete: false,
    }
  }
}

function allows(policy: AbacPolicy, attributes: AuthorizationAttributes): boolean {
  if (!isFor(policy, attributes.user)) return false
  if (policy.readonly && !reading.includes(attributes.verb)) return false
  if (!attributes.isResourceRequest) return coversPath(policy.nonResourcePath, attributes.path)
  return (
    matches(policy.namespace, attributes.namespace) &&
    matches(policy.resource, attributes.resource) &&
    matches(policy.apiGroup, attributes.group)
  )
}

/** A policy that names a user and a group is for the user as a member of the group; one that names neither is for nobody. */
function isFor({ user, group }: AbacPolicy, who: UserInfo): boolean {
  if (user === '' && group === '') return false
  return (user === '' || user === who.name) && (group === '' || who.groups.includes(group))
}

function matches(pattern: string, value: string): boolean {
  return pattern === '*' || pattern === value
}
