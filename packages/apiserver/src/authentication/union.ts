import type { AuthenticatedRequest, RequestAuthenticator, TokenAuthenticator } from './authenticator.ts'
import { anonymousName, authenticatedGroup, unauthenticatedGroup } from './well-known-users.ts'

/**
 * Asks authenticators in order; the first that recognises the credential wins. When none does, the errors of those that
 * found something wrong are thrown together.
 */
export function unionTokenAuthenticator(authenticators: readonly TokenAuthenticator[]): TokenAuthenticator {
  return (token, audiences) => firstOf(authenticators.map((authenticate) => () => authenticate(token, audiences)))
}

/** The same for whole requests. */
export function unionRequestAuthenticator(authenticators: readonly RequestAuthenticator[]): RequestAuthenticator {
  return (request) => firstOf(authenticators.map((authenticate) => () => authenticate(request)))
}

async function firstOf(
  attempts: readonly (() => Promise<AuthenticatedRequest | undefined>)[],
): Promise<AuthenticatedRequest | undefined> {
  const errors: unknown[] = []
  for (const attempt of attempts) {
    try {
      const authenticated = await attempt()
      if (authenticated !== undefined) return authenticated
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, aggregateMessage(errors))
  return undefined
}

/** The messages of several failures as one text. */
function aggregateMessage(errors: readonly unknown[]): string {
  return `[${errors.map((error) => (error instanceof Error ? error.message : String(error))).join(', ')}]`
}

/** Adds `system:authenticated` to everybody who is somebody. */
export function withAuthenticatedGroup(authenticate: RequestAuthenticator): RequestAuthenticator {
  return async (request) => addGroup(await authenticate(request))
}

/** The same for holders of tokens. */
export function withAuthenticatedToken(authenticate: TokenAuthenticator): TokenAuthenticator {
  return async (token, audiences) => addGroup(await authenticate(token, audiences))
}

function addGroup(authenticated: AuthenticatedRequest | undefined): AuthenticatedRequest | undefined {
  if (authenticated === undefined) return undefined
  const { user } = authenticated
  if (user.name === anonymousName || user.groups.some(marksAuthentication)) return authenticated
  return { ...authenticated, user: { ...user, groups: [...user.groups, authenticatedGroup] } }
}

function marksAuthentication(group: string): boolean {
  return group === authenticatedGroup || group === unauthenticatedGroup
}
