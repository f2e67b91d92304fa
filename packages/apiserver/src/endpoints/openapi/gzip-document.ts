import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ApiRequest } from '../../request/api-request.ts'
import type { ApiResponse } from '../../request/api-response.ts'

const compress = promisify(gzip)

/** Smaller bodies fit one packet anyway. */
const worthwhile = 1400

/** OpenAPI documents are compressed whenever the client takes gzip; the work is done outside the event loop. */
export async function gzipWhenAccepted(request: ApiRequest, response: ApiResponse): Promise<ApiResponse> {
  const { body, headers } = response
  if (!(body instanceof Uint8Array) || body.length < worthwhile) return response
  if (!/(^|[,\s])gzip([;,\s]|$)/.test(request.headers['accept-encoding'] ?? '')) return response
  return {
    ...response,
    headers: { ...headers, 'content-encoding': 'gzip', vary: `Accept-Encoding, ${String(headers['vary'] ?? '')}` },
    body: await compress(body, { level: 1 }),
  }
}
