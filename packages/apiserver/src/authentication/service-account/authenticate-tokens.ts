import type { Clock, KubeObject } from '@fairlead/apimachinery'
import { commonAudiences } from '../audiences.ts'
import type { AuthenticatedRequest, TokenAuthenticator } from '../authenticator.ts'
import type { FindBoundObject } from './bound-objects.ts'
import { checkBoundToken } from './bound-token.ts'
import { checkLegacyToken } from './legacy-token.ts'
import { audienceClaim, legacyIssuer, stringClaim, type TokenClaims, unverifiedIssuer } from './token-claims.ts'
import type { TokenKey } from './token-keys.ts'
import { createClaimsVerifier } from './verified-claims.ts'

/** What service account token authentication is told. */
export interface ServiceAccountTokenOptions {
  readonly clock: Clock
  /** The first one signs; all are accepted. */
  readonly issuers: readonly string[]
  readonly keys: () => readonly TokenKey[]
  /** Audiences of this server: those of tokens that name none, and what requests need one of. */
  readonly audiences: readonly string[]
  readonly find: FindBoundObject
  /** False accepts tokens of Secrets without looking at the Secret and its ServiceAccount. */
  readonly lookup: boolean
  /** Notes on a Secret that its token was used on a day. */
  readonly markSecretUsed: (secret: KubeObject, day: string) => Promise<void>
}

/**
 * Recognises the tokens of service accounts: those in Secrets, and those of the TokenRequest API. What a token is bound to
 * is looked up for every request, so that a deletion ends it at the next one. Tokens of other issuers are left to others.
 */
export function authenticateServiceAccountToken(options: ServiceAccountTokenOptions): TokenAuthenticator {
  const { clock, find, lookup } = options
  const verify = createClaimsVerifier(options.keys)
  const accepted = new Set(options.issuers)
  const now = (): number => clock.now()
  return async (token, wanted = options.audiences) => {
    const issuer = unverifiedIssuer(token)
    if (issuer === undefined || (issuer !== legacyIssuer && !accepted.has(issuer))) return undefined
    const claims = await verify(token)
    const audiences = tokenAudiences(claims, wanted, options.audiences)
    const recognised: AuthenticatedRequest =
      issuer === legacyIssuer
        ? await checkLegacyToken(token, claims, { find, now, lookup, markUsed: options.markSecretUsed })
        : await checkBoundToken(claims, find, now())
    if (audienceClaim(claims).length > 0) return { ...recognised, audiences }
    const auditAnnotations = {
      'authentication.k8s.io/legacy-token': stringClaim(claims, 'sub'),
      ...recognised.auditAnnotations,
    }
    return { ...recognised, audiences, auditAnnotations }
  }
}

function tokenAudiences(
  claims: TokenClaims,
  wanted: readonly string[],
  serverAudiences: readonly string[],
): readonly string[] {
  const named = audienceClaim(claims)
  const offered = named.length === 0 ? serverAudiences : named
  const audiences = commonAudiences(offered, wanted)
  if (audiences.length === 0 && serverAudiences.length > 0) {
    throw new Error(`token audiences ${goList(offered)} is invalid for the target audiences ${goList(wanted)}`)
  }
  return audiences
}

function goList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`
}
