import { badRequest, internalError, type JsonObject } from '@fairlead/apimachinery'
import type { AuthenticatedRequest, TokenAuthenticator } from '../../authentication/authenticator.ts'
import { withAuthenticatedToken } from '../../authentication/union.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Action } from '../../registry/rest/capabilities.ts'
import { admitReview, answered, specOf, stringAt, stringsAt } from './review-object.ts'

/** SelfSubjectReview: who am I? */
export function selfSubjectReview(): Action {
  return {
    async perform(context, _key, object, options) {
      await admitReview(object, options.admit)
      const { kind, apiVersion, metadata } = object
      return { kind, apiVersion, metadata, status: { userInfo: userInfo(context.user) } }
    },
  }
}

/**
 * TokenReview: whose token is this? A token without audiences is good for the server's own, and so only for reviews that
 * ask for one of those, or for none.
 */
export function tokenReview(authenticate: TokenAuthenticator, serverAudiences: readonly string[]): Action {
  const recognise = withAuthenticatedToken(authenticate)
  return {
    async perform(_context, key, object, options) {
      if (key.namespace !== '') throw badRequest(`namespace is not allowed on this type: ${key.namespace}`)
      const spec = specOf(object)
      const token = stringAt(spec, 'token')
      if (token === '') throw badRequest('token is required for TokenReview in authentication')
      await admitReview(object, options.admit)
      const asked = stringsAt(spec, 'audiences')
      return answered(
        object,
        await reviewToken(() => recognise(token), asked.length > 0 ? asked : serverAudiences, serverAudiences),
      )
    },
  }
}

async function reviewToken(
  recognise: () => Promise<AuthenticatedRequest | undefined>,
  asked: readonly string[],
  serverAudiences: readonly string[],
): Promise<JsonObject> {
  let authenticated: AuthenticatedRequest | undefined
  try {
    authenticated = await recognise()
  } catch (error) {
    return { user: {}, error: error instanceof Error ? error.message : String(error) }
  }
  if (authenticated === undefined) return { user: {}, error: 'invalid bearer token' }
  const good = authenticated.audiences ?? serverAudiences
  const audiences = asked.filter((audience) => good.includes(audience))
  if (asked.length > 0 && audiences.length === 0) {
    if (authenticated.audiences === undefined) return { user: {}, error: 'invalid bearer token' }
    throw internalError('error validating audiences')
  }
  return { authenticated: true, user: userInfo(authenticated.user), ...(audiences.length > 0 ? { audiences } : {}) }
}

function userInfo(user: UserInfo): JsonObject {
  const extra = Object.entries(user.extra ?? {}).map(([key, values]) => [key, [...values]] as [string, string[]])
  return {
    username: user.name,
    ...(user.uid === undefined || user.uid === '' ? {} : { uid: user.uid }),
    ...(user.groups.length === 0 ? {} : { groups: [...user.groups] }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  }
}
