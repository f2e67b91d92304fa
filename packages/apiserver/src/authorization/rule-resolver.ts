import type { UserInfo } from '../authentication/user-info.ts'
import { aggregateText } from './aggregate-text.ts'

/** What a user may do with resources of a namespace. */
export interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** What a user may do with paths. */
export interface NonResourceRule {
  readonly verbs: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** The rules that apply to a user in one namespace. */
export interface UserRules {
  readonly resourceRules: readonly ResourceRule[]
  readonly nonResourceRules: readonly NonResourceRule[]
  /** Some authorizer cannot list its rules. */
  readonly incomplete: boolean
  readonly evaluationError?: string
}

/** Lists what a user may do in a namespace. */
export type RuleResolver = (user: UserInfo, namespace: string) => Promise<UserRules> | UserRules

/** The rules of a server where everybody may do everything. */
export const everythingAllowed: RuleResolver = () => ({
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
})

/** The rules of a server where nobody may do anything. */
export const nothingAllowed: RuleResolver = () => ({ resourceRules: [], nonResourceRules: [], incomplete: false })

/** The rules of several authorizers together, in their order. */
export function unionRuleResolver(resolvers: readonly RuleResolver[]): RuleResolver {
  return async (user, namespace) => {
    const answers = await Promise.all(resolvers.map(async (rulesFor) => rulesFor(user, namespace)))
    const problems = answers.flatMap(({ evaluationError }) => (evaluationError === undefined ? [] : [evaluationError]))
    return {
      resourceRules: answers.flatMap(({ resourceRules }) => resourceRules),
      nonResourceRules: answers.flatMap(({ nonResourceRules }) => nonResourceRules),
      incomplete: answers.some(({ incomplete }) => incomplete),
      ...(problems.length === 0 ? {} : { evaluationError: aggregateText(problems) }),
    }
  }
}
