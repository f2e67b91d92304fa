import { createHash, timingSafeEqual } from 'node:crypto'
import type { AuthenticatedRequest, RequestAuthenticator } from './authenticator.ts'
import { CsvSyntaxError, parseCsv } from './csv.ts'

/**
 * Recognises the passwords of a basic-auth file, as Kubernetes did until 1.18: CSV with the columns password, user, uid
 * and optionally the groups as one quoted list. Of a repeated user the last row counts. A wrong password is an error.
 * Throws CsvSyntaxError.
 */
export function authenticateBasicAuthFile(text: string): RequestAuthenticator {
  const users = new Map<string, { readonly digest: Buffer; readonly authenticated: AuthenticatedRequest }>()
  parseCsv(text).forEach((row, index) => {
    const [password = '', name = '', uid = '', groups = ''] = row
    if (row.length < 3) throw new CsvSyntaxError(`record ${index + 1}: password, user and uid are required`)
    users.set(name, {
      digest: digestOf(password),
      authenticated: { user: { name, uid, groups: groups === '' ? [] : groups.split(',') } },
    })
  })
  return async (request) => {
    const credentials = basicCredentials(request.headers['authorization'])
    if (credentials === undefined) return undefined
    const found = users.get(credentials.name)
    if (found === undefined || !timingSafeEqual(found.digest, digestOf(credentials.password))) {
      throw new Error('invalid username/password combination')
    }
    return found.authenticated
  }
}

function basicCredentials(header = ''): { readonly name: string; readonly password: string } | undefined {
  const match = /^basic (.*)$/i.exec(header)
  if (match?.[1] === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(match[1])) return undefined
  const text = Buffer.from(match[1], 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Digests have one length, which comparison in constant time needs. */
function digestOf(password: string): Buffer {
  return createHash('sha256').update(password).digest()
}
