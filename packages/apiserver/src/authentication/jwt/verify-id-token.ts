import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { JWTVerifyGetKey } from 'jose'
import { audienceClaim, timeClaim } from '../service-account/token-claims.ts'

/** How the tokens of one issuer are verified. */
export interface IdTokenOptions {
  readonly issuer: string
  /** One of them must be among the token's. */
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly now: () => number
}

const notBeforeLeeway = 60_000

/** The claims of an ID token that is good. Throws for every other. */
export async function verifyIdToken(
  token: string,
  keys: JWTVerifyGetKey,
  options: IdTokenOptions,
): Promise<JsonObject> {
  const claims = await verifiedClaims(token, keys, options.algorithms)
  const { issuer, audiences, now } = options
  if (claims['iss'] !== issuer) {
    throw new Error(
      `oidc: id token issued by a different provider, expected ${JSON.stringify(issuer)} got ${JSON.stringify(claims['iss'])}`,
    )
  }
  const named = audienceClaim(claims)
  if (!named.some((audience) => audiences.includes(audience))) {
    throw new Error(`oidc: expected audience in ${goList(audiences)} got ${goList(named)}`)
  }
  const time = now()
  const expires = (timeClaim(claims, 'exp') ?? 0) * 1000
  if (expires < time) throw new Error(`oidc: token is expired (Token Expiry: ${new Date(expires).toISOString()})`)
  const notBefore = timeClaim(claims, 'nbf')
  if (notBefore !== undefined && time + notBeforeLeeway < notBefore * 1000) {
    throw new Error(
      `oidc: current time ${new Date(time).toISOString()} before the nbf (not before) time: ${new Date(notBefore * 1000).toISOString()}`,
    )
  }
  return claims
}

async function verifiedClaims(
  token: string,
  keys: JWTVerifyGetKey,
  algorithms: readonly string[],
): Promise<JsonObject> {
  const { compactVerify, decodeProtectedHeader, errors } = await import('jose')
  const { alg } = decodeProtectedHeader(token)
  if (alg === undefined || !algorithms.includes(alg)) {
    throw new Error(
      `oidc: id token signed with unsupported algorithm, expected ${goList(algorithms)} got ${JSON.stringify(alg)}`,
    )
  }
  const accepted = { algorithms: [...algorithms] }
  try {
    return parse((await compactVerify(token, keys, accepted)).payload)
  } catch (error) {
    // The token does not say which of several keys of its kind it is signed with.
    if (error instanceof errors.JWKSMultipleMatchingKeys) {
      for await (const key of error) {
        try {
          return parse((await compactVerify(token, key, accepted)).payload)
        } catch (mismatch) {
          if (!(mismatch instanceof errors.JWSSignatureVerificationFailed)) throw mismatch
        }
      }
    }
    throw new Error(`failed to verify signature: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function parse(payload: Uint8Array): JsonObject {
  const claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as JsonValue
  if (!isJsonObject(claims)) throw new Error('oidc: failed to unmarshal claims')
  return claims
}

function goList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`
}
