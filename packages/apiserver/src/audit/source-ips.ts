import { formatIpAddress, parseIpAddress } from '@fairlead/apimachinery'
import type { ApiRequest } from '../request/api-request.ts'
import { headerValues } from '../request/request-headers.ts'

/**
 * Where a request comes from: the addresses of X-Forwarded-For, that of X-Real-Ip, the connection's own. Anybody can
 * write the headers; only the last address is known.
 */
export function sourceIps(request: Pick<ApiRequest, 'headers' | 'rawHeaders' | 'remoteAddress'>): readonly string[] {
  const remote = canonical(request.remoteAddress)
  if (request.headers['x-forwarded-for'] === undefined && request.headers['x-real-ip'] === undefined) {
    return remote === undefined ? [] : [remote]
  }
  const [forwarded = ''] = headerValues(request, 'x-forwarded-for')
  const addresses = forwarded.split(',').flatMap((part) => canonical(part.trim()) ?? [])
  const real = canonical(headerValues(request, 'x-real-ip')[0] ?? '')
  if (real !== undefined && !addresses.includes(real)) addresses.push(real)
  if (remote !== undefined && addresses.at(-1) !== remote) addresses.push(remote)
  return addresses
}

function canonical(text: string): string | undefined {
  const address = parseIpAddress(text)
  return address && formatIpAddress(address.bytes)
}
