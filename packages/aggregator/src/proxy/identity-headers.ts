import { validateHeaderValue } from 'node:http'
import type { UserInfo } from '@fairlead/apiserver'
import { BackendError, type OutgoingHeaders } from '../backend/backend.ts'
import { escapeHeaderKey } from './escape.ts'

/** Whether a header tells who somebody is. Those of clients never go to a server behind. */
export function isIdentityHeader(name: string): boolean {
  return (
    name === 'x-remote-user' ||
    name === 'x-remote-uid' ||
    name === 'x-remote-group' ||
    name.startsWith('x-remote-extra-')
  )
}

/**
 * The headers that tell a server behind the front proxy who is calling: PRX-17, PRX-18. Throws for an identity that no
 * header can carry.
 */
export function identityHeaders({ name, uid, groups, extra = {} }: UserInfo): OutgoingHeaders {
  const headers: Record<string, string | readonly string[]> = { 'x-remote-user': headerValue('X-Remote-User', name) }
  if (uid !== undefined && uid !== '') headers['x-remote-uid'] = headerValue('X-Remote-Uid', uid)
  if (groups.length > 0) headers['x-remote-group'] = groups.map((group) => headerValue('X-Remote-Group', group))
  for (const [key, values] of Object.entries(extra)) {
    const header = `X-Remote-Extra-${escapeHeaderKey(key)}`
    if (values.length > 0) headers[header.toLowerCase()] = values.map((value) => headerValue(header, value))
  }
  return headers
}

/** Header bytes are UTF-8; Node takes them as a string with one character a byte. */
function headerValue(name: string, value: string): string {
  const bytes = Buffer.from(value, 'utf8').toString('latin1')
  try {
    validateHeaderValue(name, bytes)
  } catch (cause) {
    throw new BackendError(`net/http: invalid header field value for "${name}"`, { cause, stage: 'dial' })
  }
  return bytes
}
