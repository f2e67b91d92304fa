import { identityHeaders } from '../proxy/identity-headers.ts'
import { type Address, formatAddress } from './address.ts'
import type { Backend, BackendRequest } from './backend.ts'
import type { BackendTransport } from './transport.ts'
import type { UnaddressedRequest } from './wire-request.ts'

/**
 * Servers on the network. `resolve` picks an address for each request, another one than `avoid` (`host:port`) where there
 * are several; it throws when there is none.
 */
export function networkBackend(
  transport: BackendTransport,
  { resolve, usesService }: { resolve(avoid?: string): Address; readonly usesService: boolean },
): Backend {
  return {
    usesService,
    locate(avoid) {
      const address = resolve(avoid?.host)
      return {
        host: formatAddress(address),
        send: async (request) => await transport.send(address, withIdentity(request)),
        upgrade: async (request) => await transport.upgrade(address, withIdentity(request)),
      }
    },
    presented: transport.presented,
    renew: transport.renew,
    destroy: transport.destroy,
  }
}

function withIdentity({ user, headers, ...request }: BackendRequest): UnaddressedRequest {
  return { ...request, headers: { ...headers, ...identityHeaders(user) } }
}
