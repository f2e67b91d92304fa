import { mapResponse } from '../request/after-response.ts'
import type { Filter } from '../request/request-context.ts'
import { withDefaultHeaders, withHeaders } from '../request/responses.ts'
import { warningHeaders } from '../request/warning-headers.ts'

/** Every response tells its audit id. */
export const auditIdHeader: Filter = (next) => (context) =>
  mapResponse(next(context), (response) => withHeaders(response, { 'audit-id': context.auditId }))

/** Nothing may be cached, unless the handler says otherwise. */
export const cacheControl: Filter = (next) => (context) =>
  mapResponse(next(context), (response) => withDefaultHeaders(response, { 'cache-control': 'no-cache, private' }))

/** Tells browsers to come back over TLS only. `directives` are joined with semicolons. */
export function strictTransportSecurity(directives: readonly string[]): Filter {
  const value = directives.join('; ')
  return (next) => (context) =>
    mapResponse(next(context), (response) => withHeaders(response, { 'strict-transport-security': value }))
}

/** Sends the warnings recorded until the response's headers go out. */
export const warnings: Filter = (next) => (context) =>
  mapResponse(next(context), (response) => {
    const { texts } = context.warnings
    return texts.length === 0 ? response : withHeaders(response, { warning: warningHeaders(texts) })
  })
