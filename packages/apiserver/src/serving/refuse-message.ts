import type { IncomingMessage } from 'node:http'
import type { ApiResponse } from '../request/api-response.ts'
import { textErrorResponse } from '../request/responses.ts'

/**
 * The answer to an HTTP/1.1 message whose headers leave in doubt what is asked or where it ends; undefined for a good
 * one. Such a connection ends with the answer. `headerCount` is one less than node:http keeps: it drops the rest without
 * a word, and a request without its last headers is another request.
 */
export function refuseMessage(incoming: IncomingMessage, headerCount: number): ApiResponse | undefined {
  const { headers, rawHeaders } = incoming
  if (rawHeaders.length > 2 * headerCount) return refusal(431, '431 Request Header Fields Too Large')
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return refusal(501, 'Unsupported transfer encoding')
  if (headers.host === undefined) {
    return incoming.httpVersion === '1.0' ? undefined : refusal(400, '400 Bad Request: missing required Host header')
  }
  return hostHeaders(rawHeaders) > 1 ? refusal(400, '400 Bad Request: too many Host headers') : undefined
}

function refusal(status: number, text: string): ApiResponse {
  return textErrorResponse(status, text, { connection: 'close' })
}

function hostHeaders(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') count += 1
  }
  return count
}
