import type { RequestAuthenticator, TokenAuthenticator } from './authenticator.ts'

const extraSpaceWarning =
  'the provided Authorization header contains extra space before the bearer token, and is ignored'

/** The bearer token of an Authorization header. Other schemes, and a token after two spaces, are as good as none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  const [scheme = '', token = ''] = (authorization ?? '').trim().split(' ')
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined
}

/** What to warn a client about whose Authorization header was passed over; undefined when all is well. */
export function bearerTokenWarning(authorization: string | undefined): string | undefined {
  const parts = (authorization ?? '').trim().split(' ')
  const [scheme = '', token] = parts
  return scheme.toLowerCase() === 'bearer' && token === '' && parts.length > 2 ? extraSpaceWarning : undefined
}

/** Recognises the bearer token in the Authorization header. A token that nobody knows is an error. */
export function authenticateBearerToken(tokens: TokenAuthenticator): RequestAuthenticator {
  return async (request) => {
    const token = bearerToken(request.headers['authorization'])
    if (token === undefined) return undefined
    const authenticated = await tokens(token)
    if (authenticated === undefined) throw new Error('invalid bearer token')
    return authenticated
  }
}
