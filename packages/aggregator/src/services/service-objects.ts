import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@fairlead/apimachinery'

/** The parts of a Service that routing needs. */
export interface ServiceView {
  readonly namespace: string
  readonly name: string
  readonly type: string
  readonly clusterIp: string
  readonly externalName: string
  readonly ipFamilies: readonly string[]
  readonly ports: readonly { readonly name: string; readonly port: number }[]
}

/** The parts of an EndpointSlice that routing needs. */
export interface EndpointSliceView {
  readonly addressType: string
  /** Only ports that have a name (which may be empty) and a number. */
  readonly ports: readonly { readonly name: string; readonly port: number }[]
  readonly endpoints: readonly { readonly address: string; readonly ready: boolean }[]
}

/** Reads a Service. A type that nobody set is ClusterIP. */
export function readService({ metadata, spec }: KubeObject): ServiceView {
  const parts = objectOf(spec)
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    type: textOf(parts['type']) || 'ClusterIP',
    clusterIp: textOf(parts['clusterIP']),
    externalName: textOf(parts['externalName']),
    ipFamilies: listOf(parts['ipFamilies']).filter((family) => typeof family === 'string'),
    ports: listOf(parts['ports'])
      .filter(isJsonObject)
      .flatMap(({ name, port }) => (typeof port === 'number' ? [{ name: textOf(name), port }] : [])),
  }
}

/** Reads an EndpointSlice. Only the first address of an endpoint is used. */
export function readEndpointSlice(slice: KubeObject): EndpointSliceView {
  return {
    addressType: textOf(slice['addressType']),
    ports: portsOf(slice['ports'], (name) => typeof name === 'string'),
    endpoints: listOf(slice['endpoints'])
      .filter(isJsonObject)
      .flatMap(({ addresses, conditions }) => {
        const [address] = listOf(addresses)
        if (typeof address !== 'string') return []
        return [{ address, ready: objectOf(conditions)['ready'] !== false }]
      }),
  }
}

/**
 * Endpoints as the slices that upstream's mirroring controller makes of them: one for each subset and family of addresses.
 * For Endpoints that somebody wrote by hand.
 */
export function endpointsAsSlices(endpoints: KubeObject): readonly EndpointSliceView[] {
  return listOf(endpoints['subsets'])
    .filter(isJsonObject)
    .flatMap((subset) => {
      const ports = portsOf(subset['ports'], () => true)
      const all = [...addressesOf(subset['addresses'], true), ...addressesOf(subset['notReadyAddresses'], false)]
      return (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
        const members = all.filter(({ address }) => address.includes(':') === (addressType === 'IPv6'))
        return members.length === 0 ? [] : [{ addressType, ports, endpoints: members }]
      })
    })
}

function portsOf(
  ports: JsonValue | undefined,
  isNamed: (name: JsonValue | undefined) => boolean,
): EndpointSliceView['ports'] {
  return listOf(ports)
    .filter(isJsonObject)
    .flatMap(({ name, port }) => (isNamed(name) && typeof port === 'number' ? [{ name: textOf(name), port }] : []))
}

function addressesOf(list: JsonValue | undefined, ready: boolean): EndpointSliceView['endpoints'] {
  return listOf(list)
    .filter(isJsonObject)
    .flatMap(({ ip }) => (typeof ip === 'string' ? [{ address: ip, ready }] : []))
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
