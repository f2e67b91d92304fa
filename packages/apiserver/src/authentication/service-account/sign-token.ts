import type { TokenClaims } from './token-claims.ts'
import type { TokenKey } from './token-keys.ts'

/** Signs tokens. */
export type TokenSigner = (claims: TokenClaims) => Promise<string>

/** A signer with one private key. The JWT library is loaded with the first token. */
export function createTokenSigner({ id, algorithm, key }: TokenKey): TokenSigner {
  return async (claims) => {
    const { CompactSign } = await import('jose')
    const payload = new TextEncoder().encode(JSON.stringify(claims))
    return await new CompactSign(payload).setProtectedHeader({ alg: algorithm, kid: id }).sign(key)
  }
}
