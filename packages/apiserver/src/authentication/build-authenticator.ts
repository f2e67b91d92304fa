import type { Clock } from '@fairlead/apimachinery'
import { type AnonymousOptions, anonymousProbes, authenticateAnonymous } from './anonymous.ts'
import type { RequestAuthenticator, TokenAuthenticator } from './authenticator.ts'
import { authenticateBearerToken } from './bearer-token.ts'
import type { CertificateAuthorities } from './certificate-authorities.ts'
import { authenticateInProcess } from './in-process.ts'
import { unionRequestAuthenticator, withAuthenticatedGroup } from './union.ts'
import { authenticateWebSocketBearer } from './websocket-bearer.ts'
import { authenticateX509 } from './x509.ts'

/** The parts of a request authenticator. */
export interface AuthenticatorParts {
  readonly clock: Clock
  /** Recognises bearer tokens; without it no token is recognised, and one that is sent is an error. */
  readonly tokens?: TokenAuthenticator
  /** Asked before all others: front proxies. */
  readonly frontProxy?: RequestAuthenticator
  /** Asked after front proxies: passwords. */
  readonly passwords?: RequestAuthenticator
  /** Who signs the certificates of users; whoever the listener trusts, unless told. */
  readonly clientAuthorities?: () => CertificateAuthorities
  /** Default: `anonymousProbes`. */
  readonly anonymous?: AnonymousOptions
}

/**
 * The server's authenticator: front proxy, the own process, password, client certificate, bearer token; then, only when there was
 * no credential and no error, anonymous. Undefined means that the request is refused.
 */
export function buildAuthenticator(parts: AuthenticatorParts): RequestAuthenticator {
  const tokens = parts.tokens ?? noTokens
  const identified = withAuthenticatedGroup(
    unionRequestAuthenticator([
      ...(parts.frontProxy === undefined ? [] : [parts.frontProxy]),
      authenticateInProcess(),
      ...(parts.passwords === undefined ? [] : [parts.passwords]),
      authenticateX509({
        clock: parts.clock,
        ...(parts.clientAuthorities === undefined ? {} : { authorities: parts.clientAuthorities }),
      }),
      authenticateBearerToken(tokens),
      authenticateWebSocketBearer(tokens),
    ]),
  )
  const anonymous = authenticateAnonymous(parts.anonymous ?? anonymousProbes)
  return async (request) => (await identified(request)) ?? (await anonymous(request))
}

const noTokens: TokenAuthenticator = () => Promise.resolve(undefined)
