import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'
import { serviceAccountUsername } from './names.ts'

/** Who issues the tokens that stand in Secrets. */
export const legacyIssuer = 'kubernetes/serviceaccount'

/** A token's claims, once its signature has been verified. */
export type TokenClaims = JsonObject

/** An object that a token is bound to. A Node that is not there yet has no uid. */
export interface BoundReference {
  readonly name: string
  readonly uid?: string
}

/** What a token that is asked for says. Times in milliseconds since the epoch. */
export interface BoundTokenParts {
  readonly serviceAccount: KubeObject
  readonly audiences: readonly string[]
  readonly now: number
  readonly expirationSeconds: number
  /** When its holder should have got a new one, in seconds from now; absent where expiry is not extended. */
  readonly warnAfterSeconds?: number
  readonly id: string
  readonly pod?: BoundReference
  readonly secret?: BoundReference
  readonly node?: BoundReference
}

/** The claims of a token bound to a service account and perhaps to another object, in the order of the wire. */
export function boundTokenClaims(parts: BoundTokenParts, issuer: string): TokenClaims {
  const { metadata } = parts.serviceAccount
  const now = Math.floor(parts.now / 1000)
  const { pod, secret, node, warnAfterSeconds } = parts
  return {
    aud: [...parts.audiences],
    exp: now + parts.expirationSeconds,
    iat: now,
    iss: issuer,
    jti: parts.id,
    'kubernetes.io': {
      namespace: metadata.namespace ?? '',
      ...(node === undefined ? {} : { node: reference(node) }),
      ...(pod === undefined ? {} : { pod: reference(pod) }),
      ...(secret === undefined ? {} : { secret: reference(secret) }),
      serviceaccount: { name: metadata.name ?? '', uid: metadata.uid ?? '' },
      ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
    },
    nbf: now,
    sub: serviceAccountUsername(metadata.namespace ?? '', metadata.name ?? ''),
  }
}

/** The claims of a token that stands in a Secret, in the order of the wire. It does not expire. */
export function secretTokenClaims({ metadata }: KubeObject, secret: KubeObject): TokenClaims {
  const { namespace = '', name = '', uid = '' } = metadata
  return {
    iss: legacyIssuer,
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret.metadata.name ?? '',
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: serviceAccountUsername(namespace, name),
  }
}

/** The issuer that a token names, before anything of it has been verified. Undefined for what is no signed JWT. */
export function unverifiedIssuer(token: string): string | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  let claims: JsonValue
  try {
    claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined
  return typeof claims['iss'] === 'string' ? claims['iss'] : ''
}

/** A claim that holds a string; empty when absent. */
export function stringClaim(claims: JsonObject, name: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** A claim that holds a time in seconds; undefined when absent. Throws for anything else. */
export function timeClaim(claims: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw new Error(`claim ${name} is not a number`)
  return value
}

/** The audiences that a token names; one alone may stand without a list. */
export function audienceClaim(claims: JsonObject): readonly string[] {
  const value = Object.hasOwn(claims, 'aud') ? claims['aud'] : undefined
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((audience) => typeof audience === 'string') : []
}

function reference({ name, uid }: BoundReference): JsonObject {
  return { name, ...(uid === undefined ? {} : { uid }) }
}
