import { isIP } from 'node:net'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { textErrorResponse } from '../request/responses.ts'

/** Whether an address or name is that of this machine's loopback interface. */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  if (isIP(name) === 4) return name.startsWith('127.')
  return name === 'localhost' || name === '::1' || name.startsWith('::ffff:127.')
}

/**
 * Lets only those requests through that a program on this machine makes. A browser is such a program too, and sends what
 * any page wants: a page whose name was made to point to 127.0.0.1 shows in the Host header, a page from elsewhere that
 * sends a form or opens a WebSocket in Origin or Sec-Fetch-Site.
 */
export function guardLoopback(
  handle: (request: ApiRequest) => Promise<ApiResponse>,
): (request: ApiRequest) => Promise<ApiResponse> {
  return (request) => {
    const { host, origin, 'sec-fetch-site': site } = request.headers
    if (host === undefined || !isLoopbackHost(hostName(host))) {
      return refuse('the Host of a request to the insecure port must be localhost or a loopback address')
    }
    if ((origin !== undefined && !isLoopbackOrigin(origin)) || site === 'cross-site') {
      return refuse('the insecure port does not serve web pages of other sites')
    }
    return handle(request)
  }
}

function refuse(text: string): Promise<ApiResponse> {
  return Promise.resolve(textErrorResponse(403, text, { connection: 'close' }))
}

function hostName(host: string): string {
  return host.replace(/:\d*$/, '')
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname)
}
