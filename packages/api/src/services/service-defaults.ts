import type { JsonObject } from '@fairlead/apimachinery'
import { type DefaultsTable, lacking } from '../defaults/lacking.ts'
import { isObject, listAt, member, objectAt, stringAt } from '../values/read.ts'
import { isExternallyAccessible, type ServiceSpec } from './service.ts'

const core = 'io.k8s.api.core.v1.'
const affinitySeconds = 10_800

/** What a Service leaves out and every server knows. Addresses and node ports are the registry's matter. */
export const serviceDefaults: DefaultsTable = {
  [`${core}ServiceSpec`]: specDefaults,
  // The protocol is published; a target port is always written, as 0 when there is none.
  [`${core}ServicePort`]: ({ protocol, port, targetPort }) =>
    protocol && targetPort ? undefined : { protocol: protocol || 'TCP', targetPort: targetPort || (port ?? 0) },
  [`${core}Service`]: virtualAddresses,
}

function specDefaults(spec: JsonObject): JsonObject | undefined {
  const { type = 'ClusterIP', sessionAffinity = 'None', sessionAffinityConfig } = spec as ServiceSpec
  return lacking(spec, {
    type,
    sessionAffinity,
    ...(isExternallyAccessible({ ...spec, type }) && { externalTrafficPolicy: 'Cluster' }),
    ...(sessionAffinity === 'ClientIP' &&
      sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined && {
        sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds } },
      }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
    ...(type !== 'ExternalName' && { internalTrafficPolicy: 'Cluster' }),
  })
}

/** Addresses of a load balancer are virtual unless it says that it passes connections on as they are. */
function virtualAddresses(service: JsonObject): JsonObject | undefined {
  if (stringAt(service, 'spec', 'type') !== 'LoadBalancer') return undefined
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress')
  const isIncomplete = (entry: unknown) => stringAt(entry, 'ip') !== '' && member(entry, 'ipMode') === undefined
  if (!ingress.some(isIncomplete)) return undefined
  const completed = ingress.map((entry) => {
    if (!isObject(entry) || !isIncomplete(entry)) return entry
    const { ip = '', hostname, ...rest } = entry
    return { ip, ...(hostname !== undefined && { hostname }), ipMode: 'VIP', ...rest }
  })
  return { status: { loadBalancer: { ingress: completed } } }
}

/** Removes settings of an affinity that a decoded Service does not have, in place. */
export function dropUnusedAffinity(service: JsonObject): void {
  const spec = objectAt(service, 'spec')
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig']
}
