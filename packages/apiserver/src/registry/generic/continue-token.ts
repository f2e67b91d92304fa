import { badRequest, JsonSyntaxError, parseJson } from '@fairlead/apimachinery'
import type { JsonObject } from '@fairlead/apimachinery'

/** Where a list goes on. */
export interface ContinuePosition {
  /** The revision of the first page; negative to go on at the newest revision. */
  readonly revision: number
  /** The first storage key that the next page may hold. */
  readonly start: string
}

const tokenVersion = 'meta.k8s.io/v1'

/** The token that goes on at a position of a list of the keys under `prefix`. Opaque to clients, without padding. */
export function encodeContinue({ revision, start }: ContinuePosition, prefix: string): string {
  const token = { v: tokenVersion, rv: revision, start: start.slice(prefix.length) }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

/** Reads a token for a list of the keys under `prefix`; the position never lies outside of it. Throws BadRequest. */
export function decodeContinue(token: string, prefix: string): ContinuePosition {
  const { v: version, rv: revision, start } = parseToken(decodeBase64(token))
  if (version !== tokenVersion) {
    throw refusal(`: server does not recognize this encoded version ${typeof version === 'string' ? version : ''}`)
  }
  if (typeof revision !== 'number' || revision === 0) {
    throw refusal(`: incorrect encoded start resourceVersion (version ${tokenVersion})`)
  }
  if (typeof start !== 'string' || start === '') throw refusal(`: encoded start key empty (version ${tokenVersion})`)
  const relative = start.startsWith('/') ? start.slice(1) : start
  if (relative !== '' && relative.split('/').some(leadsElsewhere)) throw refusal(`: ${start}`)
  return { revision, start: prefix + relative }
}

function leadsElsewhere(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..'
}

function refusal(detail: string): Error {
  return badRequest(`invalid continue token: continue key is not valid${detail}`)
}

function decodeBase64(token: string): string {
  const text = token.replace(/[\r\n]/g, '')
  const bad = text.search(/[^A-Za-z0-9_-]/)
  const position = bad >= 0 ? token.search(/[^A-Za-z0-9_\-\r\n]/) : text.length % 4 === 1 ? token.length - 1 : -1
  if (position >= 0) throw refusal(`: illegal base64 data at input byte ${position}`)
  return Buffer.from(text, 'base64url').toString('utf8')
}

function parseToken(text: string): JsonObject {
  try {
    const value = parseJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw refusal(`: ${error.message}`)
    throw error
  }
}
