import type { Clock } from '@fairlead/apimachinery'
import type { JWTVerifyGetKey } from 'jose'
import type { TokenAuthenticator } from '../authenticator.ts'
import { unverifiedIssuer } from '../service-account/token-claims.ts'
import { rememberTokens } from '../token-cache.ts'
import { unionTokenAuthenticator } from '../union.ts'
import type { JwtIssuer } from './authentication-configuration.ts'
import { userOfClaims } from './claims-user.ts'
import { discoverKeys } from './issuer-keys.ts'
import { verifyIdToken } from './verify-id-token.ts'

/** The algorithms that issuers may sign with. */
export const jwtAlgorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'] as const

/** What JWT authentication is told. */
export interface JwtAuthenticationOptions {
  readonly issuers: readonly JwtIssuer[]
  readonly algorithms: readonly string[]
  readonly clock: Clock
  /** Called when an issuer cannot be reached. */
  readonly onError: (issuer: string, error: unknown) => void
}

/** Recognises the tokens of issuers elsewhere. */
export interface JwtAuthentication {
  readonly authenticate: TokenAuthenticator
  /** Settles when every issuer has been asked once, whether it could be reached or not. */
  readonly firstAttempt: Promise<void>
  /** Resolves when every issuer has answered; after `close` it may never. */
  readonly ready: Promise<void>
  /** Stops asking issuers. */
  close(): void
}

const retryDelay = 10_000
const rememberedFor = 10_000

/**
 * Asks every issuer where its keys are, again and again until it answers. Until then its tokens are refused; tokens of
 * issuers that are not listed are left to others.
 */
export function createJwtAuthentication(options: JwtAuthenticationOptions): JwtAuthentication {
  const { clock, issuers } = options
  const sources = issuers.map((entry) => keySource(entry, options))
  const authenticators = issuers.map((entry, index) => authenticator(entry, () => sources[index]?.keys(), options))
  return {
    authenticate: rememberTokens(unionTokenAuthenticator(authenticators), {
      clock,
      recognised: rememberedFor,
      unknown: 0,
    }),
    firstAttempt: Promise.all(sources.map((source) => source.firstAttempt)).then(() => undefined),
    ready: Promise.all(sources.map((source) => source.ready)).then(() => undefined),
    close() {
      for (const source of sources) source.close()
    },
  }
}

function authenticator(
  entry: JwtIssuer,
  keys: () => JWTVerifyGetKey | undefined,
  { algorithms, clock }: JwtAuthenticationOptions,
): TokenAuthenticator {
  const { url, audiences } = entry.issuer
  return async (token) => {
    const named = unverifiedIssuer(token)
    if (named !== url && !(named === 'accounts.google.com' && url === 'https://accounts.google.com')) return undefined
    const current = keys()
    if (current === undefined) throw new Error('oidc: authenticator not initialized')
    let claims: Awaited<ReturnType<typeof verifyIdToken>>
    try {
      claims = await verifyIdToken(token, current, { issuer: named, audiences, algorithms, now: () => clock.now() })
    } catch (error) {
      throw new Error(`oidc: verify token: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    return { user: userOfClaims(claims, entry) }
  }
}

function keySource(
  { issuer }: JwtIssuer,
  { clock, onError }: JwtAuthenticationOptions,
): {
  keys(): JWTVerifyGetKey | undefined
  readonly firstAttempt: Promise<void>
  readonly ready: Promise<void>
  close(): void
} {
  const closing = new AbortController()
  let keys: JWTVerifyGetKey | undefined
  let cancel: (() => void) | undefined
  let found: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    found = resolve
  })
  const attempt = async (): Promise<void> => {
    try {
      keys = await discoverKeys(issuer, closing.signal)
      found()
    } catch (error) {
      if (closing.signal.aborted) return
      onError(issuer.url, error)
      cancel = clock.after(retryDelay, () => void attempt())
    }
  }
  return {
    keys: () => keys,
    firstAttempt: attempt(),
    ready,
    close() {
      closing.abort()
      cancel?.()
    },
  }
}
