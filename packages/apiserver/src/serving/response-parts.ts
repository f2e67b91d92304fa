import { validateHeaderValue } from 'node:http'
import type { ApiResponse, ResponseHeaders, ResponseWriter } from '../request/api-response.ts'

/** A response made ready for the wire. */
export interface ResponseParts {
  readonly status: number
  readonly headers: Record<string, string | string[] | number>
  /** Undefined when nothing follows the headers. */
  readonly bytes: Uint8Array | undefined
  readonly writer: ResponseWriter | undefined
  /** The connection ends with this response. */
  readonly close: boolean
}

/** Sorts a response into headers and body. Bytes get a Content-Length; HEAD, 204 and 304 get no body. */
export function responseParts(response: ApiResponse, method: string): ResponseParts {
  const { status, body } = response
  const { headers, close } = copyHeaders(response.headers)
  if (typeof body === 'function') return { status, headers, bytes: undefined, writer: body, close }
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (status === 204 || status === 304) return { status, headers, bytes: undefined, writer: undefined, close }
  headers['content-length'] ??= bytes?.length ?? 0
  const sent = method === 'HEAD' || bytes === undefined || bytes.length === 0 ? undefined : bytes
  return { status, headers, bytes: sent, writer: undefined, close }
}

/** `Connection` belongs to the connection, not to the response; only its `close` means something here. */
function copyHeaders(from: ResponseHeaders): { headers: ResponseParts['headers']; close: boolean } {
  const headers: ResponseParts['headers'] = {}
  let close = false
  for (const name in from) {
    const value = from[name]
    if (value === undefined) continue
    if (name === 'connection') close = value === 'close'
    else if (typeof value === 'string') headers[name] = checked(name, value)
    else if (value.length > 0) headers[name] = value.map((line) => checked(name, line))
  }
  return { headers, close }
}

/** Throws for a value that would not stay within its header. HTTP/2 does not mind; whoever passes it on might. */
function checked(name: string, value: string): string {
  validateHeaderValue(name, value)
  return value
}
