import type { ApiRequest } from '@fairlead/apiserver'
import type { OutgoingHeaders } from '../backend/backend.ts'
import { isIdentityHeader } from './identity-headers.ts'

const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Written anew for every connection, or answered here already. */
const ours: ReadonlySet<string> = new Set(['host', 'expect', 'authorization', 'http2-settings'])

/**
 * The headers of a client's request that go on to the server behind, by lower-case name: without those of the connection
 * (kept for an upgrade, which is about them) and without any that tell an identity. Repeated headers stay repeated.
 */
export function forwardedHeaders(
  request: Pick<ApiRequest, 'headers' | 'rawHeaders'>,
  upgrade: boolean,
): Record<string, string | readonly string[]> {
  const listed = upgrade ? new Set<string>() : listedInConnection(request.headers['connection'])
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of headerLines(request)) {
    if (ours.has(name) || isIdentityHeader(name) || name.startsWith('impersonate-')) continue
    if (!upgrade && (hopByHop.has(name) || listed.has(name))) continue
    const known = headers[name]
    headers[name] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value]
  }
  if (!upgrade && hasTrailers(request.headers['te'])) headers['te'] = 'trailers'
  return headers
}

/** Where a request comes from and goes to, for the server behind: PRX-19. Upgrades carry the first only. */
export function forwardingHeaders(
  request: Pick<ApiRequest, 'headers' | 'remoteAddress'>,
  target: { readonly host: string; readonly path: string },
  upgrade: boolean,
): OutgoingHeaders {
  const before = request.headers['x-forwarded-for']
  const client = request.remoteAddress.replace(/^::ffff:/, '')
  const headers = { 'x-forwarded-for': before === undefined || before === '' ? client : `${before}, ${client}` }
  if (upgrade) return headers
  return {
    ...headers,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': target.host,
    'x-forwarded-uri': target.path,
  }
}

function* headerLines({
  headers,
  rawHeaders,
}: Pick<ApiRequest, 'headers' | 'rawHeaders'>): Generator<readonly [name: string, value: string]> {
  if (rawHeaders === undefined) {
    for (const name in headers) {
      const value = headers[name]
      if (value !== undefined) yield [name, value]
    }
    return
  }
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (!name.startsWith(':')) yield [name, rawHeaders[index + 1] ?? '']
  }
}

function listedInConnection(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined) return new Set()
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}

function hasTrailers(te: string | undefined): boolean {
  return te !== undefined && te.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers')
}

const crossOrigin: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
])

/** Whether a header of a response stays behind: those of the connection, and what this server decides itself. */
export function isKeptBack(name: string): boolean {
  return hopByHop.has(name) || crossOrigin.has(name)
}
