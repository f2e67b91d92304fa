import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import {
  clusterIpsOf,
  isExternallyAccessible,
  isSameList,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePort,
  portsOf,
  type ServiceSpec,
  specOf,
} from './service.ts'

/**
 * Keeps what the server gave a Service before when an update leaves it out, in place: clients send the same manifest again
 * without having read what became of it.
 */
export function carryOverGiven(next: ServiceSpec, previous: ServiceSpec): void {
  if (needsClusterIp(previous) && needsClusterIp(next)) {
    if ((next.clusterIP ?? '') === '' && previous.clusterIP !== undefined) next.clusterIP = previous.clusterIP
    if ((next.clusterIPs ?? []).length === 0 && previous.clusterIPs !== undefined) {
      next.clusterIPs = [...previous.clusterIPs]
    }
  }
  if (needsNodePort(previous) && needsNodePort(next)) carryOverNodePorts(next, previous)
  if (needsHealthCheckPort(previous) && needsHealthCheckPort(next) && (next.healthCheckNodePort ?? 0) === 0) {
    if (previous.healthCheckNodePort !== undefined) next.healthCheckNodePort = previous.healthCheckNodePort
  }
}

/** By the name of the port, unless another port has asked for the number. */
function carryOverNodePorts(next: ServiceSpec, previous: ServiceSpec): void {
  const asked = new Set(portsOf(next).map(({ nodePort }) => nodePort))
  const byName = new Map(portsOf(previous).map(({ name, nodePort }) => [name ?? '', nodePort]))
  for (const port of portsOf(next)) {
    if ((port.nodePort ?? 0) !== 0) continue
    const before = byName.get(port.name ?? '')
    if (before !== undefined && before !== 0 && !asked.has(before)) port.nodePort = before
  }
}

/** Brings `clusterIPs` in line with `clusterIP`, which older clients send alone, in place. */
export function alignClusterIps(next: ServiceSpec, previous: ServiceSpec | undefined): void {
  const { clusterIP = '' } = next
  if (previous === undefined || (previous.clusterIPs ?? []).length === 0) {
    const addresses = clusterIpsOf(next)
    if (addresses.length > 0) next.clusterIPs = [...addresses]
    return
  }
  const before = previous.clusterIP ?? ''
  if (before === clusterIP || !isSameList(previous.clusterIPs, next.clusterIPs)) return
  if (clusterIP === '') delete next.clusterIPs
  else next.clusterIPs = [clusterIP]
}

/** Takes away what the new type of a Service has no use for, in place, where the update did not change it itself. */
export function dropUnneeded(service: KubeObject, previous: KubeObject): void {
  const [spec, before] = [specOf(service), specOf(previous)]
  if (needsClusterIp(before) && !needsClusterIp(spec)) {
    if ((spec.clusterIP ?? '') === (before.clusterIP ?? '') && isSameList(spec.clusterIPs, before.clusterIPs)) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    if (isSameList(spec.ipFamilies, before.ipFamilies)) delete spec.ipFamilies
    if (spec.ipFamilyPolicy === before.ipFamilyPolicy) delete spec.ipFamilyPolicy
  }
  if (needsNodePort(before) && !needsNodePort(spec) && hasNoNewNodePort(spec, before)) {
    for (const port of portsOf(spec)) delete port.nodePort
  }
  if (needsHealthCheckPort(before) && !needsHealthCheckPort(spec)) dropSame(spec, before, 'healthCheckNodePort')
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    dropSame(spec, before, 'allocateLoadBalancerNodePorts')
    dropSame(spec, before, 'loadBalancerClass')
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) dropSame(spec, before, 'externalTrafficPolicy')
  if (spec.type !== 'LoadBalancer') service['status'] = { ...(service['status'] as JsonObject), loadBalancer: {} }
}

function hasNoNewNodePort(spec: ServiceSpec, before: ServiceSpec): boolean {
  const known = new Set(portsOf(before).map(({ nodePort }) => nodePort))
  return portsOf(spec).every(({ nodePort = 0 }) => nodePort === 0 || known.has(nodePort))
}

function dropSame(spec: ServiceSpec, before: ServiceSpec, field: keyof ServiceSpec): void {
  if (spec[field] === before[field]) delete spec[field]
}
