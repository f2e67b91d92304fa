import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { canonicalIp, familyOf, type IpFamily, type Service, type ServicePort } from './service.ts'

/** core/v1 Pod: what the controllers of endpoints read of it. */
export interface Pod extends KubeObject {
  spec?: PodSpec
  status?: PodStatus
}

interface PodSpec extends JsonObject {
  nodeName?: string
  hostname?: string
  subdomain?: string
  containers?: Container[]
  initContainers?: Container[]
}

interface Container extends JsonObject {
  restartPolicy?: string
  ports?: { name?: string; containerPort: number; protocol?: string }[]
}

interface PodStatus extends JsonObject {
  phase?: string
  podIP?: string
  podIPs?: { ip?: string }[]
  conditions?: PodCondition[]
}

interface PodCondition extends JsonObject {
  type: string
  status: string
  lastTransitionTime?: string
}

export function readyCondition({ status }: Pod): PodCondition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True'
}

/** Its containers have ended for good. */
export function isTerminal({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded'
}

/** Whether a pod stands among endpoints, ready or not. */
export function belongsInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  if (isTerminal(pod) || podIps(pod).length === 0) return false
  return includeTerminating || pod.metadata.deletionTimestamp === undefined
}

/** As its status spells them. A status that names one address only names all of them. */
export function podIps({ status }: Pod): readonly string[] {
  const ips = (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? [])
  if (ips.length > 0) return ips
  return status?.podIP === undefined || status.podIP === '' ? [] : [status.podIP]
}

/** The addresses of a pod in a family, each in its one spelling. */
export function podAddresses(pod: Pod, family: IpFamily): string[] {
  return podIps(pod)
    .flatMap((ip) => canonicalIp(ip) ?? [])
    .filter((address) => familyOf(address) === family)
}

/** The name under which DNS gives the pod to those who look for it behind the Service. */
export function hostnameIn(service: Service, { metadata, spec }: Pod): string | undefined {
  const isPart = spec?.subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace
  return isPart && spec?.hostname !== '' ? spec?.hostname : undefined
}

/** The number of a Service's port on a pod; undefined when no container of the pod that keeps running has that name. */
export function findPort({ spec }: Pod, { port, targetPort = 0, protocol }: ServicePort): number | undefined {
  // Absent or 0: what upstream's server puts there.
  if (typeof targetPort === 'number') return targetPort === 0 ? port : targetPort
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { ports = [] } of [...(spec?.containers ?? []), ...sidecars]) {
    const named = ports.find((candidate) => candidate.name === targetPort && sameProtocol(candidate.protocol, protocol))
    if (named !== undefined) return named.containerPort
  }
  return undefined
}

function sameProtocol(one = 'TCP', other = 'TCP'): boolean {
  return one === other
}
