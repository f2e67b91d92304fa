import { formatIpAddress, type JsonObject, type KubeObject, parseIpAddress } from '@fairlead/apimachinery'

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
export type IpFamily = 'IPv4' | 'IPv6'
export type IpFamilyPolicy = 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'

/** A port of a Service as its schema gives it; users may leave out anything. */
export interface ServicePort {
  name?: string
  protocol?: string
  port?: number
  targetPort?: number | string
  nodePort?: number
  appProtocol?: string
}

/** The spec of a Service as its schema gives it, to be read and filled in. */
export interface ServiceSpec {
  type?: ServiceType
  clusterIP?: string
  clusterIPs?: string[]
  ipFamilies?: IpFamily[]
  ipFamilyPolicy?: IpFamilyPolicy
  ports?: ServicePort[]
  selector?: JsonObject
  externalName?: string
  externalIPs?: string[]
  sessionAffinity?: string
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } }
  externalTrafficPolicy?: string
  internalTrafficPolicy?: string
  trafficDistribution?: string
  healthCheckNodePort?: number
  allocateLoadBalancerNodePorts?: boolean
  loadBalancerClass?: string
  loadBalancerSourceRanges?: string[]
}

/** Stands in the place of an address in a Service without one. */
export const headless = 'None'

/** The spec of a Service, which it gets when it has none. */
export function specOf(service: JsonObject): ServiceSpec {
  service['spec'] ??= {}
  return service['spec'] as ServiceSpec
}

/** Ports of a spec; changing one changes the spec. */
export function portsOf({ ports }: ServiceSpec): readonly ServicePort[] {
  return ports ?? []
}

export function needsClusterIp({ type }: ServiceSpec): boolean {
  return type !== 'ExternalName'
}

export function needsNodePort({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}

export function needsHealthCheckPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

/** `clusterIPs`, for which `clusterIP` alone stands in what older servers have stored. */
export function clusterIpsOf({ clusterIP = '', clusterIPs = [] }: ServiceSpec): readonly string[] {
  return clusterIPs.length === 0 && clusterIP !== '' ? [clusterIP] : clusterIPs
}

export function isHeadless(spec: ServiceSpec): boolean {
  const [first, ...others] = clusterIpsOf(spec)
  return first === headless && others.length === 0
}

/** Whether traffic from outside of the cluster reaches it. */
export function isExternallyAccessible(spec: ServiceSpec): boolean {
  return needsNodePort(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
}

export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

/** An address in its one canonical form; Services may name theirs in any. */
export function canonicalAddress(address: string): string {
  const parsed = parseIpAddress(address)
  return parsed === undefined ? address : formatIpAddress(parsed.bytes)
}

/** The addresses that a Service has to itself, in canonical form. */
export function heldAddresses(service: KubeObject): readonly string[] {
  const spec = specOf(service)
  return needsClusterIp(spec) && !isHeadless(spec) ? clusterIpsOf(spec).map(canonicalAddress) : []
}

/** The ports of nodes that a Service has to itself, each once. An ExternalName may name ports, but does not get them. */
export function heldNodePorts(service: KubeObject): readonly number[] {
  const spec = specOf(service)
  if (!needsNodePort(spec)) return []
  const ports = portsOf(spec).flatMap(({ nodePort }) => (nodePort === undefined || nodePort === 0 ? [] : [nodePort]))
  const { healthCheckNodePort = 0 } = spec
  if (needsHealthCheckPort(spec) && healthCheckNodePort !== 0) ports.push(healthCheckNodePort)
  return [...new Set(ports)]
}

export function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  const [left, right] = [a ?? [], b ?? []]
  return left.length === right.length && left.every((entry, index) => entry === right[index])
}
