import type { JsonObject } from '@fairlead/apimachinery'
import { listAt } from '../values/read.ts'
import { always, type DefaultsTable, lacking, together } from './lacking.ts'

const group = 'io.k8s.api.autoscaling.'
const atLeastOne = always({ minReplicas: 1 })
const doubled = { type: 'Percent', value: 100, periodSeconds: 15 }
const fourMore = { type: 'Pods', value: 4, periodSeconds: 15 }

/** Autoscalers; conversion from v1 adds the metric that v1 has no field for. */
export const autoscalingDefaults: DefaultsTable = {
  [`${group}v1.HorizontalPodAutoscalerSpec`]: atLeastOne,
  [`${group}v2.HorizontalPodAutoscalerSpec`]: together(atLeastOne, (spec) =>
    listAt(spec, 'metrics').length > 0 ? undefined : { metrics: [cpuMetric(80)] },
  ),
  [`${group}v2.HorizontalPodAutoscalerBehavior`]: scalingRules,
}

/** A metric of the share of the requested CPU that is used. */
export function cpuMetric(averageUtilization: number): JsonObject {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

/** A behavior that is given is given whole; only scaling down may be without a window, which the controller then knows. */
function scalingRules(behavior: JsonObject): JsonObject | undefined {
  return lacking(behavior, {
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [fourMore, doubled] },
    scaleDown: { selectPolicy: 'Max', policies: [doubled] },
  })
}
