import type { AuthenticatedRequest, TokenAuthenticator } from './authenticator.ts'
import { CsvSyntaxError, parseCsv } from './csv.ts'

/**
 * Recognises the tokens of a static token file: CSV with the columns token, user, uid and optionally the groups as one
 * quoted list. Rows with an empty token are passed over; of a repeated token the last row counts. Throws CsvSyntaxError.
 */
export function authenticateTokenFile(text: string): TokenAuthenticator {
  const users = new Map<string, AuthenticatedRequest>()
  parseCsv(text).forEach((row, index) => {
    const [token = '', name = '', uid = '', groups = ''] = row
    if (row.length < 3) throw new CsvSyntaxError(`record ${index + 1}: token, user and uid are required`)
    if (token === '') return
    users.set(token, {
      user: {
        name,
        uid,
        groups: groups === '' ? [] : groups.split(','),
      },
    })
  })
  return async (token) => users.get(token)
}
