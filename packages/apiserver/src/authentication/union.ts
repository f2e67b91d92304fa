import type { AuthenticatedRequest, RequestAuthenticator, TokenAuthenticator } from './authenticator.ts'
import { anonymousName, authenticatedGroup, unauthenticatedGroup } from './well-known-users.ts'

/**
 * Asks authenticators in order; the first that recognises the credential wins. When none does, the errors of those that
 * found something wrong are thrown together.
 */
export function unionTokenAuthenticator(authenticators: readonly TokenAuthenticator[]): TokenAuthenticator {
  return (token) => firstOf(authenticators, token)
}

/** The same for whole requests. */
export function unionRequestAuthenticator(authenticators: readonly RequestAuthenticator[]): RequestAuthenticator {
  return (request) => firstOf(authenticators, request)
}

async function firstOf<Credential>(
  authenticators: readonly ((credential: Credential) => Promise<AuthenticatedRequest | undefined>)[],
  credential: Credential,
): Promise<AuthenticatedRequest | undefined> {
  const errors: unknown[] = []
  for (const authenticate of authenticators) {
    try {
      const authenticated = await authenticate(credential)
      if (authenticated !== undefined) return authenticated
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, 'no authenticator accepts the credentials')
  return undefined
}

/** Adds `system:authenticated` to everybody who is somebody. */
export function withAuthenticatedGroup(authenticate: RequestAuthenticator): RequestAuthenticator {
  return async (request) => addGroup(await authenticate(request))
}

/** The same for holders of tokens. */
export function withAuthenticatedToken(authenticate: TokenAuthenticator): TokenAuthenticator {
  return async (token) => addGroup(await authenticate(token))
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
