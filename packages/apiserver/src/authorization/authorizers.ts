import { mastersGroup } from '../authentication/well-known-users.ts'
import { aggregateText } from './aggregate-text.ts'
import type { AuthorizationDecision, Authorizer } from './authorizer.ts'

const allow: AuthorizationDecision = { decision: 'allow' }
const noOpinion: AuthorizationDecision = { decision: 'no-opinion' }

/** Everybody may do everything. */
export const alwaysAllow: Authorizer = () => allow

/** Nobody may do anything. */
export const alwaysDeny: Authorizer = () => ({ decision: 'no-opinion', reason: 'Everything is forbidden.' })

/** Members of `system:masters` may do everything. Stands first, so that a server can always be repaired. */
export const allowMasters: Authorizer = ({ user }) => (user.groups.includes(mastersGroup) ? allow : noOpinion)

/**
 * Asks authorizers in order; the first that allows or denies decides. When none does, the answer has all their reasons,
 * one a line; when one of them failed as well, its error is thrown with the others'.
 */
export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return async (attributes) => {
    const reasons: string[] = []
    const errors: unknown[] = []
    for (const authorize of authorizers) {
      try {
        const answer = await authorize(attributes)
        if (answer.decision !== 'no-opinion') return answer
        if (answer.reason !== undefined && answer.reason !== '') reasons.push(answer.reason)
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw authorizationFailure(errors, reasons)
    return reasons.length === 0 ? noOpinion : { decision: 'no-opinion', reason: reasons.join('\n') }
  }
}

/** Authorizers failed and none of the others allowed the request. */
export class AuthorizationFailure extends Error {
  override readonly name = 'AuthorizationFailure'
  /** What the authorizers that did answer had to say, one a line. */
  readonly reason: string

  constructor(message: string, options: { readonly cause: unknown; readonly reason: string }) {
    super(message, { cause: options.cause })
    this.reason = options.reason
  }
}

function authorizationFailure(errors: readonly unknown[], reasons: readonly string[]): AuthorizationFailure {
  const message = aggregateText(errors.map((error) => (error instanceof Error ? error.message : String(error))))
  return new AuthorizationFailure(message, { cause: errors[0], reason: reasons.join('\n') })
}
