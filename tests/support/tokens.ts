import { createHmac, sign } from 'node:crypto'
import type { JsonObject } from '@fairlead/apimachinery'

/** Header and claims of a JWT, without looking at its signature. */
export function tokenParts(token: string): { readonly header: JsonObject; readonly claims: JsonObject } {
  const [header = '', claims = ''] = token.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject
  return { header: read(header), claims: read(claims) }
}

/** Signs a JWT without the library that the server uses. ES256 and RS256; `none` leaves the signature out. */
export function signToken(header: JsonObject, claims: JsonObject, key: string): string {
  const encode = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${encode(header)}.${encode(claims)}`
  if (header['alg'] === 'none') return `${content}.`
  if (header['alg'] === 'HS256') return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}
