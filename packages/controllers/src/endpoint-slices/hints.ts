import type { Service } from '../services/service.ts'
import type { Endpoint } from './endpoint-slice.ts'

const topologyAnnotations = ['service.kubernetes.io/topology-aware-hints', 'service.kubernetes.io/topology-mode']
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

/** For whom an endpoint is meant first, by the Service's `trafficDistribution`. One that is not ready is for nobody. */
export function hintsFor({ conditions, zone, nodeName }: Endpoint, service: Service): Endpoint['hints'] {
  const { trafficDistribution = '' } = service.spec ?? {}
  if (conditions?.ready !== true || !distributions.includes(trafficDistribution) || asksForTopology(service)) {
    return undefined
  }
  const hasNode = trafficDistribution === 'PreferSameNode' && nodeName !== undefined
  if (zone === undefined && !hasNode) return undefined
  return {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(hasNode ? { forNodes: [{ name: nodeName }] } : {}),
  }
}

/** The annotation comes before the field. The older of its names comes first. */
function asksForTopology({ metadata }: Service): boolean {
  const { annotations = {} } = metadata
  const mode = topologyAnnotations.map((name) => annotations[name]).find((value) => value !== undefined)
  return mode === 'Auto' || mode === 'auto'
}
