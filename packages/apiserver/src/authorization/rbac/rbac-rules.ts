import { aggregateText } from '../aggregate-text.ts'
import type { RuleResolver } from '../rule-resolver.ts'
import type { PolicySource } from './policy-source.ts'
import { effectiveRules } from './role-rules.ts'

/** Lists the rules of all roles bound to a user. */
export function rbacRules(source: PolicySource): RuleResolver {
  return async (user, namespace) => {
    await source.ready()
    const { rules, problems } = effectiveRules(source.index, { user, namespace, form: 'singular' })
    return {
      resourceRules: rules.filter(({ resources }) => resources.length > 0),
      nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs.length > 0),
      incomplete: false,
      ...(problems.length === 0 ? {} : { evaluationError: aggregateText(problems) }),
    }
  }
}
