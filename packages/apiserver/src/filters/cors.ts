import { mapResponse } from '../request/after-response.ts'
import type { ResponseHeaders } from '../request/api-response.ts'
import type { Filter } from '../request/request-context.ts'
import { withHeaders } from '../request/responses.ts'

/** Lets browsers on pages of these origins call the server. Each pattern is matched anywhere in the Origin header. */
export function crossOrigin(allowedOrigins: readonly RegExp[]): Filter {
  return (next) => (context) => {
    const { headers, method } = context.request
    const origin = headers['origin']
    if (origin === undefined || !allowedOrigins.some((pattern) => pattern.test(origin))) return next(context)
    const allowed = corsHeaders(origin)
    if (method === 'OPTIONS') return { status: 204, headers: allowed }
    return mapResponse(next(context), (response) => withHeaders(response, allowed))
  }
}

function corsHeaders(origin: string): ResponseHeaders {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE, PATCH',
    'access-control-allow-headers':
      'Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since',
    'access-control-expose-headers': 'Date',
    'access-control-allow-credentials': 'true',
  }
}
