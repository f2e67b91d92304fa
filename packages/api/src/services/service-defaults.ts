import type { JsonObject } from '@fairlead/apimachinery'
import { isObject, listAt } from '../values/read.ts'
import { isExternallyAccessible, portsOf, type ServiceSpec } from './service.ts'

const affinitySeconds = 10_800

/** Sets what a Service leaves out and every server knows, in place. Addresses and node ports are the registry's matter. */
export function setServiceDefaults(service: JsonObject): void {
  if (isObject(service['spec'])) setSpecDefaults(service['spec'] as ServiceSpec)
  for (const ingress of listAt(service, 'status', 'loadBalancer', 'ingress')) {
    if (isObject(ingress) && ingress['ip'] !== undefined && ingress['ip'] !== '') ingress['ipMode'] ??= 'VIP'
  }
}

function setSpecDefaults(spec: ServiceSpec): void {
  spec.sessionAffinity ||= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: affinitySeconds } }
  }
  spec.type ||= 'ClusterIP'
  for (const port of portsOf(spec)) {
    port.protocol ||= 'TCP'
    port.targetPort ||= port.port ?? 0
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
}
