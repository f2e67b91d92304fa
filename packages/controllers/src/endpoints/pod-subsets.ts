import { referenceToPod } from '../services/object-reference.ts'
import { belongsInEndpoints, findPort, hostnameIn, isReady, type Pod, podAddresses, podIps } from '../services/pod.ts'
import { canonicalIp, familyOf, type IpFamily, isHeadless, type Service } from '../services/service.ts'
import type { EndpointAddress, EndpointSubset, SubsetPort } from './endpoints.ts'
import { repackSubsets } from './repack-subsets.ts'

/** The subsets that a Service has with these pods, which are those that it selects. */
export function podSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const { publishNotReadyAddresses = false } = service.spec ?? {}
  const subsets = pods.flatMap((pod): EndpointSubset[] => {
    if (!belongsInEndpoints(pod, publishNotReadyAddresses)) return []
    const address = addressOf(service, pod)
    if (address === undefined) return []
    const members =
      publishNotReadyAddresses || isReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] }
    const { ports = [] } = service.spec ?? {}
    if (ports.length === 0) return isHeadless(service) ? [members] : []
    return ports.flatMap((servicePort) => {
      const { name = '', protocol = 'TCP', appProtocol } = servicePort
      const number = findPort(pod, servicePort)
      if (number === undefined) return []
      const port: SubsetPort = {
        ...(name === '' ? {} : { name }),
        port: number,
        protocol,
        ...(appProtocol === undefined ? {} : { appProtocol }),
      }
      return { ...members, ports: [port] }
    })
  })
  return repackSubsets(subsets)
}

function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const [ip] = podAddresses(pod, familyFor(service, pod))
  if (ip === undefined) return undefined
  const hostname = hostnameIn(service, pod)
  const { nodeName = '' } = pod.spec ?? {}
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === '' ? {} : { nodeName }),
    targetRef: referenceToPod(pod),
  }
}

/** Endpoints have one family: the Service's first, or what its address or the pod's first one says. */
function familyFor({ spec }: Service, pod: Pod): IpFamily {
  const [first] = spec?.ipFamilies ?? []
  if (first !== undefined) return first === 'IPv6' ? 'IPv6' : 'IPv4'
  const { clusterIP = '' } = spec ?? {}
  const says = clusterIP === '' || clusterIP === 'None' ? podIps(pod)[0] : clusterIP
  return familyOf(canonicalIp(says ?? '') ?? '')
}
