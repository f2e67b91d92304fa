import { quote } from '@fairlead/apimachinery'
import type { UserInfo } from '../../authentication/user-info.ts'
import { aggregateText } from '../aggregate-text.ts'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorizer.ts'
import type { Binding, Subject } from './policy.ts'
import type { PolicyIndex } from './policy-index.ts'
import type { PolicySource } from './policy-source.ts'
import { missingRole } from './role-rules.ts'
import { ruleAllows } from './rule-allows.ts'
import { subjectOf } from './subject-index.ts'

/**
 * Role-based access control: allows what a rule of a role allows that is bound to the user, or to a group of it, in the
 * namespace of the request or everywhere. It never denies.
 */
export function rbacAuthorizer(source: PolicySource): Authorizer {
  return (attributes) =>
    source.isReady ? decide(source.index, attributes) : source.ready().then(() => decide(source.index, attributes))
}

function decide(index: PolicyIndex, attributes: AuthorizationAttributes): AuthorizationDecision {
  const { user, namespace } = attributes
  let problems: string[] | undefined
  for (const bindings of index.bindingsOf(user, namespace)) {
    for (const binding of bindings) {
      const rules = index.rulesOf(binding.roleRef, binding.namespace)
      if (rules === undefined) {
        problems ??= []
        problems.push(missingRole(binding.roleRef, 'singular'))
        continue
      }
      for (const rule of rules) {
        if (ruleAllows(attributes, rule)) return { decision: 'allow', reason: allowedBy(binding, user) }
      }
    }
  }
  return problems === undefined ? noOpinion : { decision: 'no-opinion', reason: `RBAC: ${aggregateText(problems)}` }
}

const noOpinion: AuthorizationDecision = { decision: 'no-opinion' }

function allowedBy(binding: Binding, user: UserInfo): string {
  const { name, namespace, roleRef } = binding
  const bound = namespace === '' ? `ClusterRoleBinding ${quote(name)}` : `RoleBinding ${quote(`${name}/${namespace}`)}`
  const subject = subjectOf(binding, user)
  const whom = subject === undefined ? '' : subjectText(subject, namespace)
  return `RBAC: allowed by ${bound} of ${roleRef.kind} ${quote(roleRef.name)} to ${whom}`
}

function subjectText({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return `${kind} ${quote(kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace}` : name)}`
}
