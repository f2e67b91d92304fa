import { isUtf8 } from 'node:buffer'
import type { ApiRequest } from '../request/api-request.ts'
import { changeRequest } from '../request/change-request.ts'
import { withoutHeaders } from '../request/request-headers.ts'
import type { RequestAuthenticator, TokenAuthenticator } from './authenticator.ts'

const prefix = 'base64url.bearer.authorization.k8s.io.'
const header = 'sec-websocket-protocol'

/**
 * Recognises the bearer token that a browser hides in the WebSocket subprotocols, where it cannot set headers. Another
 * subprotocol must stand beside it, for the server to answer with.
 */
export function authenticateWebSocketBearer(tokens: TokenAuthenticator): RequestAuthenticator {
  return async (request) => {
    if (request.upgrade?.protocol !== 'websocket') return undefined
    const offered = offeredProtocols(request)
    const hidden = offered.filter((protocol) => protocol.startsWith(prefix))
    const [first] = hidden
    if (first === undefined) return undefined
    if (hidden.length > 1) throw new Error('multiple base64.bearer.authorization tokens specified')
    const token = decodeToken(first.slice(prefix.length))
    if (token === '') return undefined
    if (offered.length === hidden.length) throw new Error('missing additional subprotocol')
    const authenticated = await tokens(token)
    if (authenticated === undefined) throw new Error('invalid bearer token')
    return authenticated
  }
}

/** The request without a token in its subprotocols, so that none is echoed or passed on. */
export function withoutWebSocketBearer(request: ApiRequest): ApiRequest {
  if (request.headers[header]?.includes(prefix) !== true) return request
  const rest = offeredProtocols(request).filter((protocol) => !protocol.startsWith(prefix))
  const { headers, rawHeaders } = withoutHeaders(request, (name) => name === header)
  const protocols = rest.join(', ')
  return changeRequest(request, {
    headers: { ...headers, [header]: protocols },
    ...(rawHeaders === undefined ? {} : { rawHeaders: [...rawHeaders, header, protocols] }),
  })
}

function offeredProtocols(request: ApiRequest): readonly string[] {
  return (request.headers[header] ?? '').split(',').map((protocol) => protocol.trim())
}

function decodeToken(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64url')
  if (!/^[\w-]*$/.test(encoded) || bytes.toString('base64url') !== encoded) {
    throw new Error('invalid base64.bearer.authorization token encoding')
  }
  if (!isUtf8(bytes)) throw new Error('invalid base64.bearer.authorization token')
  return bytes.toString('utf8')
}
