import type { TokenAuthenticator } from '../../authentication/authenticator.ts'
import type { Action } from '../../registry/rest/capabilities.ts'
import type { Authorizer } from '../authorizer.ts'
import { everythingAllowed, type RuleResolver } from '../rule-resolver.ts'
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access-review.ts'
import { selfSubjectReview, tokenReview } from './identity-reviews.ts'
import { selfSubjectRulesReview } from './rules-review.ts'

/** Who answers the questions of reviews. */
export interface ReviewOptions {
  readonly authorizer: Authorizer
  readonly tokenAuthenticator: TokenAuthenticator
  /** Lists a user's rules. Default: everything is allowed, which fits `alwaysAllow` only. */
  readonly rulesFor?: RuleResolver
  /** Audiences that this server counts itself among. */
  readonly audiences?: readonly string[]
}

/** The actions behind the kinds that ask questions, by resource name (`subjectaccessreviews` and so on). */
export function createReviewActions(options: ReviewOptions): ReadonlyMap<string, Action> {
  const { authorizer, tokenAuthenticator } = options
  return new Map([
    ['localsubjectaccessreviews', localSubjectAccessReview(authorizer)],
    ['selfsubjectaccessreviews', selfSubjectAccessReview(authorizer)],
    ['selfsubjectreviews', selfSubjectReview()],
    ['selfsubjectrulesreviews', selfSubjectRulesReview(options.rulesFor ?? everythingAllowed)],
    ['subjectaccessreviews', subjectAccessReview(authorizer)],
    ['tokenreviews', tokenReview(tokenAuthenticator, options.audiences ?? [])],
  ])
}
