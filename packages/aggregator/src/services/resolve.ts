import { quote } from '@fairlead/apimachinery'
import type { ServiceReference } from '../api-service/api-service.ts'
import { type Address, formatAddress } from '../backend/address.ts'
import type { ServiceCatalog } from './service-catalog.ts'
import type { EndpointSliceView, ServiceView } from './service-objects.ts'

/**
 * Finds the address of a Service, another one than `avoid` (`host:port`) where there are several. Throws an Error that says
 * why there is none.
 */
export type ServiceResolver = (reference: ServiceReference, avoid?: string) => Address

const routed: ReadonlySet<string> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer'])

/** The virtual address of a Service: RSV-1. */
export function resolveClusterIp(catalog: ServiceCatalog): ServiceResolver {
  return (reference) => {
    const service = find(catalog, reference)
    const { type, clusterIp, externalName } = service
    if (type === 'ClusterIP' && clusterIp === 'None') throw new Error('cannot route to service with ClusterIP "None"')
    if (type === 'ExternalName') return { host: externalName, port: reference.port }
    if (!routed.has(type)) throw new Error(`unsupported service type ${quote(type)}`)
    const { port } = findPort(service, reference.port)
    if (clusterIp === '') throw new Error(`service ${quote(service.name)} has no cluster IP yet`)
    return { host: clusterIp, port }
  }
}

/**
 * One of the ready endpoints of a Service, another one each time; those of its primary family first: RSV-2. `random`
 * yields [0, 1).
 */
export function resolveEndpoint(catalog: ServiceCatalog, random: () => number): ServiceResolver {
  return (reference, avoid) => {
    const service = find(catalog, reference)
    if (!routed.has(service.type)) throw new Error(`unsupported service type ${quote(service.type)}`)
    const { name: portName } = findPort(service, reference.port)
    const slices = catalog.endpointSlices(reference.namespace, reference.name)
    let last: Address | undefined
    for (const slice of inOrder(slices, service, random)) {
      const port = slice.ports.find(({ name }) => name === portName)
      if (port === undefined) continue
      const ready = slice.endpoints
        .filter((endpoint) => endpoint.ready)
        .map(({ address }): Address => ({ host: address, port: port.port }))
      const others = avoid === undefined ? ready : ready.filter((address) => formatAddress(address) !== avoid)
      const chosen = others[Math.floor(random() * others.length)]
      if (chosen !== undefined) return chosen
      last ??= ready[0]
    }
    if (last !== undefined) return last
    throw new Error(`no endpoints available for service ${quote(reference.name)}`)
  }
}

/** This server's own address for `default/kubernetes`: an APIService may point at the server itself: RSV-3. */
export function resolveLoopback(own: () => Address, otherwise: ServiceResolver): ServiceResolver {
  return (reference, avoid) =>
    reference.namespace === 'default' && reference.name === 'kubernetes' && reference.port === 443
      ? own()
      : otherwise(reference, avoid)
}

function find(catalog: ServiceCatalog, { namespace, name }: ServiceReference): ServiceView {
  const service = catalog.service(namespace, name)
  if (service === undefined) throw new Error(`service ${quote(name)} not found`)
  return service
}

function findPort(service: ServiceView, wanted: number): ServiceView['ports'][number] {
  const port = service.ports.find((entry) => entry.port === wanted)
  if (port === undefined) throw new Error(`no service port ${wanted} found for service ${quote(service.name)}`)
  return port
}

function inOrder(
  slices: readonly EndpointSliceView[],
  { ipFamilies: [primary] }: ServiceView,
  random: () => number,
): readonly EndpointSliceView[] {
  const rank = ({ addressType }: EndpointSliceView): number =>
    primary === undefined || addressType === primary ? 0 : 1
  return slices
    .map((slice) => ({ slice, rank: rank(slice), order: random() }))
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .map(({ slice }) => slice)
}
