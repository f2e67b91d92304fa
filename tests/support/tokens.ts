import type { JsonObject } from '@fairlead/apimachinery'

/** Header and claims of a JWT, without looking at its signature. */
export function tokenParts(token: string): { readonly header: JsonObject; readonly claims: JsonObject } {
  const [header = '', claims = ''] = token.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject
  return { header: read(header), claims: read(claims) }
}
