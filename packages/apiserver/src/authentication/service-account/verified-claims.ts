import { createHash } from 'node:crypto'
import type { JsonValue } from '@fairlead/apimachinery'
import type { TokenClaims } from './token-claims.ts'
import type { TokenKey } from './token-keys.ts'

/** The claims of a token whose signature is good. Throws for every other. */
export type ClaimsVerifier = (token: string) => Promise<TokenClaims>

/** Tokens whose claims are kept. */
const capacity = 4096

/**
 * Verifies signatures with the keys given, each with its own algorithm only. That a signature is good never changes, so
 * the claims of good tokens are kept, by digest, as long as the keys stay; bad ones are verified each time.
 */
export function createClaimsVerifier(keys: () => readonly TokenKey[]): ClaimsVerifier {
  let known = new Map<string, TokenClaims>()
  let knownKeys: readonly TokenKey[] | undefined
  return async (token) => {
    const current = keys()
    if (current !== knownKeys) {
      known = new Map()
      knownKeys = current
    }
    const cache = known
    const digest = createHash('sha256').update(token).digest('base64')
    const found = cache.get(digest)
    if (found !== undefined) return found
    const claims = await verify(token, current)
    if (cache.size >= capacity) {
      const oldest = cache.keys().next().value
      if (oldest !== undefined) cache.delete(oldest)
    }
    cache.set(digest, claims)
    return claims
  }
}

async function verify(token: string, keys: readonly TokenKey[]): Promise<TokenClaims> {
  const { compactVerify, decodeProtectedHeader } = await import('jose')
  const { kid, alg } = decodeProtectedHeader(token)
  const candidates = kid === undefined || kid === '' ? keys : keys.filter(({ id }) => id === kid)
  if (candidates.length === 0) throw new Error('invalid signature, no keys found')
  const errors: unknown[] = []
  for (const { key, algorithm } of candidates) {
    if (alg !== algorithm) {
      errors.push(new Error(`token is signed with the unsupported algorithm ${JSON.stringify(alg)}`))
      continue
    }
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [algorithm] })
      return parseClaims(payload)
    } catch (error) {
      errors.push(error)
    }
  }
  throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'no key verifies the token')
}

function parseClaims(payload: Uint8Array): TokenClaims {
  const claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as JsonValue
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw new Error('token has no claims')
  return claims
}
