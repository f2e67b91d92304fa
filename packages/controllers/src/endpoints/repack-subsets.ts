import { deepEqual, type JsonValue } from '@fairlead/apimachinery'
import type { EndpointAddress, EndpointSubset, SubsetPort } from './endpoints.ts'

/** Of one port: which addresses have it, by their keys, and whether they are ready there. */
interface PortAddresses {
  /** Undefined for addresses without ports. */
  readonly port: SubsetPort | undefined
  readonly ready: Map<string, boolean>
}

/**
 * The one form of subsets that say the same: ports with the same addresses stand together, an address that is not ready for
 * a port in one place is not ready for it, and everything is in order.
 */
export function repackSubsets(subsets: readonly EndpointSubset[]): EndpointSubset[] {
  const addresses = new Map<string, EndpointAddress>()
  const ports = new Map<string, PortAddresses>()
  for (const subset of subsets) {
    for (const port of portsOf(subset)) {
      for (const [address, isReady] of addressesOf(subset)) {
        const key = addressKey(address)
        if (!addresses.has(key)) addresses.set(key, address)
        const entry = ports.get(portKey(port)) ?? { port, ready: new Map<string, boolean>() }
        ports.set(portKey(port), entry)
        entry.ready.set(key, isReady && entry.ready.get(key) !== false)
      }
    }
  }
  const groups = new Map<string, PortAddresses[]>()
  for (const entry of ports.values()) {
    const key = JSON.stringify([...entry.ready].sort(byFirst))
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return [...groups.values()]
    .map((group) => subsetOf(group, addresses))
    .sort(by(({ ports = [] }) => JSON.stringify(ports.map(portKey))))
}

/** Whether subsets say the same. At which version of a pod does not count. */
export function sameSubsets(one: readonly EndpointSubset[], other: readonly EndpointSubset[]): boolean {
  return deepEqual(comparable(one), comparable(other))
}

function comparable(subsets: readonly EndpointSubset[]): JsonValue {
  const plain = (list: readonly EndpointAddress[] = []): JsonValue =>
    list.map(({ ip, hostname, nodeName, targetRef }) => {
      const { resourceVersion: _, ...reference } = targetRef ?? {}
      return { ip, hostname, nodeName, reference }
    })
  return repackSubsets(subsets).map(({ addresses, notReadyAddresses, ports = [] }) => ({
    ready: plain(addresses),
    notReady: plain(notReadyAddresses),
    ports: ports.map(portKey),
  }))
}

function subsetOf(group: readonly PortAddresses[], all: ReadonlyMap<string, EndpointAddress>): EndpointSubset {
  const { ready } = group[0] ?? { ready: new Map<string, boolean>() }
  const those = (isReady: boolean): EndpointAddress[] =>
    [...ready]
      .filter(([, value]) => value === isReady)
      .sort(byFirst)
      .flatMap(([key]) => all.get(key) ?? [])
  const addresses = those(true)
  const notReadyAddresses = those(false)
  const ports = group.flatMap(({ port }) => port ?? []).sort(by(portKey))
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports.length === 0 ? {} : { ports }),
  }
}

function portsOf({ ports = [] }: EndpointSubset): readonly (SubsetPort | undefined)[] {
  return ports.length === 0 ? [undefined] : ports
}

function addressesOf({ addresses = [], notReadyAddresses = [] }: EndpointSubset): [EndpointAddress, boolean][] {
  return [
    ...addresses.map((address): [EndpointAddress, boolean] => [address, true]),
    ...notReadyAddresses.map((address): [EndpointAddress, boolean] => [address, false]),
  ]
}

/** Pods may share an address. */
function addressKey({ ip, targetRef }: EndpointAddress): string {
  return JSON.stringify([ip, targetRef?.uid ?? ''])
}

function portKey(port: SubsetPort | undefined): string {
  if (port === undefined) return ''
  const { name = '', port: number, protocol = 'TCP', appProtocol = '' } = port
  return JSON.stringify([name, String(number).padStart(5, '0'), protocol, appProtocol])
}

function by<T>(key: (value: T) => string): (one: T, other: T) => number {
  return (one, other) => (key(one) < key(other) ? -1 : 1)
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}
