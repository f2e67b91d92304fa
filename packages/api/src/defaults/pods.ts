import type { JsonObject } from '@fairlead/apimachinery'
import { isObject, isTrueAt, objectAt } from '../values/read.ts'
import { changedContainers } from './containers.ts'
import { always, type DefaultsTable, inTurn, together } from './lacking.ts'
import { podLevelResources } from './pod-resources.ts'
import { rounding, withMissing } from './resource-list.ts'

const core = 'io.k8s.api.core.v1.'

/** Pods and templates; a pod by itself is told more than a template is. */
export const podDefaults: DefaultsTable = {
  [`${core}PodSpec`]: together(
    always({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    }),
    rounding('overhead'),
  ),
  [`${core}Pod`]: pod,
  [`${core}PodStatus`]: rounding('allocatedResources'),
}

function pod(object: JsonObject): JsonObject | undefined {
  const spec = inTurn(
    containersOfPod,
    podLevelResources,
    always({ enableServiceLinks: true }),
  )(objectAt(object, 'spec'))
  return spec === undefined ? undefined : { spec }
}

function containersOfPod(spec: JsonObject): JsonObject | undefined {
  const usesHostNetwork = isTrueAt(spec, 'hostNetwork')
  const change = (container: JsonObject) => {
    const requested = requestLimits(container)
    if (!usesHostNetwork) return requested
    return exposeOnHost(requested ?? container) ?? requested
  }
  const containers = changedContainers(spec['containers'], change)
  const initContainers = changedContainers(spec['initContainers'], change)
  if (containers === undefined && initContainers === undefined) return undefined
  return {
    ...(initContainers !== undefined && { initContainers }),
    ...(containers !== undefined && { containers }),
  }
}

/** A container asks for what it is limited to, unless it asks for something else. */
function requestLimits(container: JsonObject): JsonObject | undefined {
  const resources = objectAt(container, 'resources')
  const { limits, requests, ...rest } = resources
  if (!isObject(limits)) return undefined
  const requested = withMissing(isObject(requests) ? requests : undefined, limits)
  return requested === undefined ? undefined : { ...container, resources: { limits, requests: requested, ...rest } }
}

/** On the network of the host, ports are those of the host. */
function exposeOnHost(container: JsonObject): JsonObject | undefined {
  const ports = changedContainers(container['ports'], ({ name, hostPort, ...rest }) =>
    hostPort === undefined && rest['containerPort'] !== 0
      ? { ...(name !== undefined && { name }), hostPort: rest['containerPort'] as number, ...rest }
      : undefined,
  )
  return ports === undefined ? undefined : { ...container, ports }
}
