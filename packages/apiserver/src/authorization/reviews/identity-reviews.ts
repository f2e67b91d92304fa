import { badRequest, internalError, type JsonObject } from '@fairlead/apimachinery'
import { commonAudiences } from '../../authentication/audiences.ts'
import type { AuthenticatedRequest, TokenAuthenticator } from '../../authentication/authenticator.ts'
import { withAuthenticatedToken } from '../../authentication/union.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Action } from '../../registry/rest/capabilities.ts'
import { admitReview, answered, specOf } from './review-object.ts'
import { stringAt, stringsAt } from '../../values/read.ts'

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
 * TokenReview: whose token is this? The authenticator is asked for the audiences of the review, or else for the server's
 * own; the answer says which of them the token is good for.
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
      const audiences = asked.length > 0 ? asked : serverAudiences
      return answered(object, await reviewToken(() => recognise(token, audiences), audiences))
    },
  }
}

async function reviewToken(
  recognise: () => Promise<AuthenticatedRequest | undefined>,
  wanted: readonly string[],
): Promise<JsonObject> {
  let authenticated: AuthenticatedRequest | undefined
  try {
    authenticated = await recognise()
  } catch (error) {
    return { user: {}, error: error instanceof Error ? error.message : String(error) }
  }
  if (authenticated === undefined) return { user: {}, error: 'invalid bearer token' }
  const { audiences = [] } = authenticated
  if (wanted.length > 0 && commonAudiences(wanted, audiences).length === 0) {
    throw internalError('error validating audiences')
  }
  return {
    authenticated: true,
    user: userInfo(authenticated.user),
    ...(audiences.length > 0 ? { audiences: [...audiences] } : {}),
  }
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
