import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import type { UserInfo } from '../user-info.ts'
import { credentialIdKey } from '../well-known-users.ts'
import type { JwtIssuer } from './authentication-configuration.ts'

/** The user that verified claims describe. Throws when they do not fit the mappings or break a rule. */
export function userOfClaims(
  claims: JsonObject,
  issuer: Pick<JwtIssuer, 'claimMappings' | 'claimValidationRules'>,
): UserInfo {
  const { claimMappings, claimValidationRules } = issuer
  const name = usernameOf(claims, claimMappings.username)
  const groups = groupsOf(claims, claimMappings.groups)
  const uidClaim = claimMappings.uid.claim
  const uid = uidClaim === '' ? '' : text(claims, uidClaim, `uid claim ${JSON.stringify(uidClaim)}`)
  for (const { claim, requiredValue } of claimValidationRules) checkRequired(claims, claim, requiredValue)
  const id = claims['jti']
  return {
    name,
    groups,
    ...(uid === '' ? {} : { uid }),
    ...(typeof id === 'string' && id !== '' ? { extra: { [credentialIdKey]: [`JTI=${id}`] } } : {}),
  }
}

function usernameOf(claims: JsonObject, { claim, prefix = '' }: JwtIssuer['claimMappings']['username']): string {
  const name = text(claims, claim, `username claims ${JSON.stringify(claim)}`)
  if (claim === 'email' && Object.hasOwn(claims, 'email_verified')) {
    const verified = claims['email_verified']
    if (typeof verified !== 'boolean')
      throw new Error("oidc: parse 'email_verified' claim: it is neither true nor false")
    if (!verified) throw new Error('oidc: email not verified')
  }
  if (name === '') throw new Error(`oidc: the username claim ${JSON.stringify(claim)} is empty`)
  return prefix + name
}

function groupsOf(claims: JsonObject, { claim, prefix = '' }: JwtIssuer['claimMappings']['groups']): readonly string[] {
  if (claim === '') return []
  const value = own(claims, claim)
  if (value === undefined) {
    const elsewhere = own(claims, '_claim_names')
    if (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, claim)) {
      throw new Error(
        `oidc: could not expand distributed claims: claim ${JSON.stringify(claim)} stands elsewhere, which this server does not follow`,
      )
    }
    return []
  }
  const groups = value === null ? [] : Array.isArray(value) ? value : [value]
  if (!groups.every((group) => typeof group === 'string')) {
    throw new Error(`oidc: parse groups claim ${JSON.stringify(claim)}: it is neither a string nor a list of strings`)
  }
  return groups.map((group) => prefix + group)
}

function checkRequired(claims: JsonObject, claim: string, wanted: string): void {
  if (own(claims, claim) === undefined) throw new Error(`oidc: required claim ${claim} not present in ID token`)
  const value = text(claims, claim, `claim ${claim}`)
  if (value !== wanted) {
    throw new Error(`oidc: required claim ${claim} value does not match. Got = ${value}, want = ${wanted}`)
  }
}

function text(claims: JsonObject, claim: string, what: string): string {
  const value = own(claims, claim)
  if (value === undefined) throw new Error(`oidc: parse ${what}: claim not present`)
  if (typeof value !== 'string') throw new Error(`oidc: parse ${what}: it is not a string`)
  return value
}

function own(claims: JsonObject, claim: string): JsonValue | undefined {
  return Object.hasOwn(claims, claim) ? claims[claim] : undefined
}
