import { type Endpoint, endpointKey, type EndpointPort, portsKey } from '../endpoint-slices/endpoint-slice.ts'
import type { EndpointAddress, Endpoints, SubsetPort } from '../endpoints/endpoints.ts'
import { repackSubsets } from '../endpoints/repack-subsets.ts'
import { canonicalIp, familyOf, type IpFamily } from '../services/service.ts'

/** What one slice is to hold. */
export interface MirroredGroup {
  readonly family: IpFamily
  readonly ports: readonly EndpointPort[]
  /** By their keys. */
  readonly endpoints: Map<string, Endpoint>
}

export interface MirroredEndpoints {
  /** One for each subset and family, by `groupKey`. */
  readonly groups: ReadonlyMap<string, MirroredGroup>
  /** How many addresses are none. */
  readonly invalid: number
  /** How many are not mirrored, those that are none included. */
  readonly skipped: number
}

/** Of a subset. */
export const maxMirrored = 1000

/** What slices say that mirror Endpoints. Of each subset the first addresses count, ready ones first. */
export function mirroredEndpoints({ subsets = [] }: Endpoints, max: number = maxMirrored): MirroredEndpoints {
  const groups = new Map<string, MirroredGroup>()
  let invalid = 0
  let skipped = 0
  for (const { addresses = [], notReadyAddresses = [], ports: subsetPorts = [] } of repackSubsets(subsets)) {
    const ports = subsetPorts.map(portOf)
    let mirrored = 0
    for (const [index, address] of [...addresses, ...notReadyAddresses].entries()) {
      if (mirrored >= max) break
      const endpoint = endpointOf(address, index < addresses.length)
      if (endpoint === undefined) {
        invalid += 1
        continue
      }
      const family = familyOf(endpoint.addresses[0] ?? '')
      const key = groupKey(family, ports)
      const group = groups.get(key) ?? { family, ports, endpoints: new Map<string, Endpoint>() }
      groups.set(key, group)
      group.endpoints.set(endpointKey(endpoint), endpoint)
      mirrored += 1
    }
    skipped += addresses.length + notReadyAddresses.length - mirrored
  }
  return { groups, invalid, skipped }
}

export function groupKey(addressType: string, ports: readonly EndpointPort[] | null | undefined): string {
  return `${addressType} ${portsKey(ports)}`
}

function endpointOf({ ip, hostname = '', nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint | undefined {
  const address = canonicalIp(ip)
  if (address === undefined) return undefined
  return {
    addresses: [address],
    conditions: { ready },
    ...(hostname === '' ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  }
}

function portOf({ name = '', port, protocol = 'TCP', appProtocol }: SubsetPort): EndpointPort {
  return { name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }
}
