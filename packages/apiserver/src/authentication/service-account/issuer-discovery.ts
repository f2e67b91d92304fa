import { textErrorResponse } from '../../request/responses.ts'
import type { Handler } from '../../request/request-context.ts'
import type { TokenAlgorithm, TokenKey } from './token-keys.ts'

/** What the discovery documents of the issuer say. */
export interface IssuerDiscoveryOptions {
  readonly issuer: string
  /** Where clients find the key set. */
  readonly jwksUri: () => string
  readonly keys: () => readonly TokenKey[]
}

const maxAge = 'public, max-age=3600'

/** The paths where others find out how to verify this server's tokens. */
export function issuerDiscoveryRoutes(options: IssuerDiscoveryOptions): ReadonlyMap<string, Handler> {
  return new Map([
    ['/.well-known/openid-configuration', document('application/json', () => configuration(options))],
    ['/openid/v1/jwks', document('application/jwk-set+json', () => keySet(options.keys()))],
  ])
}

function document(type: string, content: () => object): Handler {
  return ({ request }) => {
    if (request.method !== 'GET') return textErrorResponse(405, '405: Method Not Allowed')
    return {
      status: 200,
      headers: { 'content-type': type, 'cache-control': maxAge },
      body: JSON.stringify(content()),
    }
  }
}

function configuration({ issuer, jwksUri, keys }: IssuerDiscoveryOptions): object {
  return {
    issuer,
    jwks_uri: jwksUri(),
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys().map(({ algorithm }) => algorithm))].sort(),
  }
}

function keySet(keys: readonly TokenKey[]): object {
  return { keys: keys.map(webKey) }
}

function webKey({ id, algorithm, key }: TokenKey): object {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' })
  return {
    use: 'sig',
    kty,
    kid: id,
    ...(crv === undefined ? {} : { crv }),
    alg: algorithm satisfies TokenAlgorithm,
    ...given({ x, y, n, e }),
  }
}

function given(values: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** Why an issuer cannot have discovery documents; undefined when it can. */
export function issuerDiscoveryProblem(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return `issuer URL must be a URL, got: ${issuer}`
  const url = new URL(issuer)
  if (url.protocol !== 'https:') return `issuer URL must use https scheme, got: ${issuer}`
  if (url.search !== '') return `issuer URL may not include a query, got: ${issuer}`
  if (url.hash !== '') return `issuer URL may not include a fragment, got: ${issuer}`
  return undefined
}
