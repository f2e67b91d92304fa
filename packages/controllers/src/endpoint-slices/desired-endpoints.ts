import type { KubeObject } from '@fairlead/apimachinery'
import { referenceToPod } from '../services/object-reference.ts'
import { belongsInEndpoints, findPort, hostnameIn, isReady, type Pod, podAddresses } from '../services/pod.ts'
import { type IpFamily, ipFamiliesOf, isHeadless, type Service } from '../services/service.ts'
import { type Endpoint, endpointKey, type EndpointPort, portsKey } from './endpoint-slice.ts'
import { hintsFor } from './hints.ts'

/** Endpoints with the same ports: a named port may have another number on another pod. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[]
  /** By their keys. */
  readonly endpoints: Map<string, Endpoint>
}

/** By `portsKey`. */
export type EndpointGroups = ReadonlyMap<string, EndpointGroup>

export interface DesiredEndpoints {
  readonly families: ReadonlyMap<IpFamily, EndpointGroups>
  /** Why pods were left out that should be there: to be tried again. */
  readonly problems: readonly Error[]
}

const zoneLabel = 'topology.kubernetes.io/zone'

/** The endpoints that a Service has with these pods, which are those that it selects. `findNode` gives the node of a name. */
export function desiredEndpoints(
  service: Service,
  pods: readonly Pod[],
  findNode: (name: string) => KubeObject | undefined,
): DesiredEndpoints {
  const families = new Map(ipFamiliesOf(service).map((family) => [family, new Map<string, EndpointGroup>()]))
  const problems: Error[] = []
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, true)) continue
    const ports = portsOn(pod, service)
    const key = portsKey(ports)
    const nodeName = pod.spec?.nodeName ?? ''
    const node = findNode(nodeName)
    // Pods that are made by hand, with a status, are on no node.
    const isLost = nodeName !== '' && node === undefined && service.spec?.publishNotReadyAddresses !== true
    if (isLost) problems.push(nodeNotFound(service, pod, nodeName))
    for (const [family, groups] of families) {
      const group = groups.get(key) ?? { ports, endpoints: new Map<string, Endpoint>() }
      groups.set(key, group)
      const addresses = podAddresses(pod, family)
      if (isLost || addresses.length === 0) continue
      const endpoint = endpointOf(service, pod, addresses, node)
      group.endpoints.set(endpointKey(endpoint), endpoint)
    }
  }
  return { families, problems }
}

function endpointOf(service: Service, pod: Pod, addresses: string[], node: KubeObject | undefined): Endpoint {
  const serving = isReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating)
  const hostname = hostnameIn(service, pod)
  const { nodeName = '' } = pod.spec ?? {}
  const zone = node?.metadata.labels?.[zoneLabel] ?? ''
  const endpoint: Endpoint = {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: referenceToPod(pod),
    ...(nodeName === '' ? {} : { nodeName }),
    ...(zone === '' ? {} : { zone }),
  }
  const hints = hintsFor(endpoint, service)
  return hints === undefined ? endpoint : { ...endpoint, hints }
}

function portsOn(pod: Pod, service: Service): EndpointPort[] {
  const ports = service.spec?.ports ?? []
  if (ports.length === 0 && isHeadless(service)) return []
  return ports.flatMap((servicePort) => {
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    const port = findPort(pod, servicePort)
    return port === undefined ? [] : { name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }
  })
}

function nodeNotFound({ metadata }: Service, pod: Pod, node: string): Error {
  const service = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  return new Error(`skipping Pod ${pod.metadata.name ?? ''} for Service ${service}: Node ${node} Not Found`)
}
