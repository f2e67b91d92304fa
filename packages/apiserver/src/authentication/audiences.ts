import type { TokenAuthenticator } from './authenticator.ts'

/** The audiences of `wanted` that `offered` has too. */
export function commonAudiences(wanted: readonly string[], offered: readonly string[]): readonly string[] {
  return wanted.filter((audience) => offered.includes(audience))
}

/**
 * Makes tokens that know nothing of audiences good for the server's own: where others are asked for, they are nobody's.
 */
export function withServerAudiences(
  serverAudiences: readonly string[],
  authenticate: TokenAuthenticator,
): TokenAuthenticator {
  return async (token, wanted) => {
    if (wanted === undefined) return await authenticate(token)
    const audiences = commonAudiences(wanted, serverAudiences)
    if (audiences.length === 0) return undefined
    const authenticated = await authenticate(token)
    return authenticated === undefined ? undefined : { ...authenticated, audiences }
  }
}
