import type { SecureContext } from 'node:tls'
import type { ApiResponse } from '@fairlead/apiserver'
import type { Clock } from '@fairlead/apimachinery'
import { type Address, formatAddress } from './address.ts'
import { type AddressPool, createAddressPool } from './address-pool.ts'
import type { PresentedCertificate, UpgradeAnswer } from './backend.ts'
import { dial } from './dial.ts'
import { askForUpgrade } from './http1-upgrade.ts'
import { tlsContexts } from './tls-context.ts'
import type { ClientCertificate, TlsTarget } from './tls-target.ts'
import type { UnaddressedRequest } from './wire-request.ts'

/** Connections to the servers of one APIService. */
export interface BackendTransport {
  send(address: Address, request: UnaddressedRequest): Promise<ApiResponse>
  /** Over HTTP/1.1, on a connection of its own. */
  upgrade(address: Address, request: UnaddressedRequest): Promise<UpgradeAnswer>
  /** The certificate that a server presented last. */
  presented(): PresentedCertificate | undefined
  /** Connections are made anew for the next request; those in use end with their last exchange. */
  renew(): void
  /** Every connection ends at once. */
  destroy(): void
}

export interface TransportOptions {
  readonly target: TlsTarget
  /** The front proxy's certificate of the moment; undefined sends none. A changed one makes new connections. */
  clientCertificate(): ClientCertificate | undefined
  readonly clock: Clock
  /** Told of the certificate of each new connection. */
  readonly onCertificate?: ((certificate: PresentedCertificate) => void) | undefined
}

/** A transport with a pool for each address. */
export function createTransport(options: TransportOptions): BackendTransport {
  const { target, clock, clientCertificate } = options
  const pools = new Map<string, AddressPool>()
  const contextOf = tlsContexts(target)
  let certificate = clientCertificate()
  let presented: PresentedCertificate | undefined
  const onCertificate = (seen: PresentedCertificate): void => {
    presented = seen
    options.onCertificate?.(seen)
  }

  function renew(): void {
    for (const pool of pools.values()) pool.retire()
    pools.clear()
  }

  function currentCertificate(): ClientCertificate | undefined {
    const current = clientCertificate()
    if (current?.certificate !== certificate?.certificate || current?.key !== certificate?.key) {
      certificate = current
      renew()
    }
    return certificate
  }

  function pool(address: Address): AddressPool {
    const current = currentCertificate()
    const key = formatAddress(address)
    const known = pools.get(key)
    if (known !== undefined) return known
    const secureContext = (): SecureContext => contextOf(current)
    const made = createAddressPool({ address, target, secureContext, clock, onCertificate })
    pools.set(key, made)
    return made
  }

  return {
    send: (address, request) => pool(address).send(request),
    async upgrade(address, request) {
      const { signal } = request
      const socket = await dial({
        address,
        target,
        secureContext: () => contextOf(currentCertificate()),
        protocols: ['http/1.1'],
        clock,
        signal,
        onCertificate,
      })
      return await askForUpgrade(socket, { ...request, authority: formatAddress(address) })
    },
    presented: () => presented,
    renew,
    destroy() {
      for (const known of pools.values()) known.destroy()
      pools.clear()
    },
  }
}
