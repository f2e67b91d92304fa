import { deepCopy, encodeJson, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { decodeWithSchema } from '@fairlead/openapi'
import { cpuMetric } from '../defaults/autoscaling.ts'
import { schemas } from '../resources/schemas.ts'
import { isObject, listAt, numberAt, objectAt, stringAt } from '../values/read.ts'
import { compact, FieldTypeError, structList, text } from './go-fields.ts'
import { hpaAnnotations, readAnnotation, setRoundTripAnnotations } from './hpa-annotations.ts'
import { behaviorFromAnnotation, behaviorToAnnotation } from './hpa-behavior.ts'
import { metricSpecFromV1, metricSpecToV1, objectReference } from './hpa-metric-specs.ts'
import { metricStatusFromV1, metricStatusToV1 } from './hpa-metric-statuses.ts'

const defaultCpuUtilization = 80

/**
 * Converts a HorizontalPodAutoscaler between autoscaling/v1 and autoscaling/v2; one that has `apiVersion` already is
 * copied, without round-trip annotations when that is v2. What v1 has no field for travels in annotations; annotations
 * that do not hold what they should are dropped. The result shares nothing with `autoscaler`.
 */
export function convertHorizontalPodAutoscaler(autoscaler: KubeObject, apiVersion: string): KubeObject {
  if (autoscaler.apiVersion !== apiVersion) {
    return apiVersion === 'autoscaling/v1' ? toV1(autoscaler) : toV2(autoscaler)
  }
  const copy = deepCopy(autoscaler)
  if (apiVersion === 'autoscaling/v2') setRoundTripAnnotations(copy.metadata, {})
  return copy
}

function toV1(autoscaler: KubeObject): KubeObject {
  const spec = objectAt(autoscaler, 'spec')
  const status = objectAt(autoscaler, 'status')
  const metrics = listAt(spec, 'metrics').filter(isObject)
  const currentMetrics = listAt(status, 'currentMetrics').filter(isObject)
  const metadata = deepCopy(autoscaler.metadata)
  const others = metrics.filter((metric) => cpuUtilizationTarget(metric) === undefined)
  const conditions = listAt(status, 'conditions').filter(isObject)
  const behavior = spec['behavior']
  setRoundTripAnnotations(metadata, {
    ...(others.length > 0 && { [hpaAnnotations.metrics]: encodeJson(others.map(metricSpecToV1)) }),
    ...(currentMetrics.length > 0 && {
      [hpaAnnotations.currentMetrics]: encodeJson(currentMetrics.map(metricStatusToV1)),
    }),
    ...(isObject(behavior) && { [hpaAnnotations.behavior]: encodeJson(behaviorToAnnotation(behavior)) }),
    ...(conditions.length > 0 && { [hpaAnnotations.conditions]: encodeJson(conditions.map(condition)) }),
  })
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: compact({
      scaleTargetRef: objectReference(objectAt(spec, 'scaleTargetRef')),
      minReplicas: numberAt(spec, 'minReplicas'),
      maxReplicas: numberAt(spec, 'maxReplicas') ?? 0,
      targetCPUUtilizationPercentage: metrics.map(cpuUtilizationTarget).find((target) => target !== undefined),
    }),
    status: compact({
      observedGeneration: status['observedGeneration'],
      lastScaleTime: status['lastScaleTime'],
      currentReplicas: numberAt(status, 'currentReplicas') ?? 0,
      desiredReplicas: numberAt(status, 'desiredReplicas') ?? 0,
      currentCPUUtilizationPercentage: currentMetrics
        .filter(isCpuMetric)
        .map((metric) => numberAt(metric, 'resource', 'current', 'averageUtilization'))
        .findLast((utilization) => utilization !== undefined),
    }),
  }
}

function toV2(autoscaler: KubeObject): KubeObject {
  const spec = objectAt(autoscaler, 'spec')
  const status = objectAt(autoscaler, 'status')
  const { metadata: source } = autoscaler
  const utilization = numberAt(spec, 'targetCPUUtilizationPercentage')
  const others = readAnnotation(source, hpaAnnotations.metrics, (list) => structList(list).map(metricSpecFromV1)) ?? []
  const metrics = utilization === undefined ? others : [...others, cpuMetric(utilization)]
  const metadata = deepCopy(source)
  setRoundTripAnnotations(metadata, {})
  const conditions = readAnnotation(source, hpaAnnotations.conditions, (list) => structList(list).map(condition))
  const currentReplicas = numberAt(status, 'currentReplicas') ?? 0
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata,
    spec: compact({
      scaleTargetRef: objectReference(objectAt(spec, 'scaleTargetRef')),
      minReplicas: numberAt(spec, 'minReplicas'),
      maxReplicas: numberAt(spec, 'maxReplicas') ?? 0,
      metrics: metrics.length > 0 ? metrics : [cpuMetric(defaultCpuUtilization)],
      behavior: readAnnotation(source, hpaAnnotations.behavior, (content) => {
        if (!isObject(content)) throw new FieldTypeError('behavior is no object')
        return completed(behaviorFromAnnotation(content))
      }),
    }),
    status: compact({
      observedGeneration: status['observedGeneration'],
      lastScaleTime: status['lastScaleTime'],
      currentReplicas: currentReplicas === 0 ? undefined : currentReplicas,
      desiredReplicas: numberAt(status, 'desiredReplicas') ?? 0,
      currentMetrics: currentMetricsOfV1(source, status),
      conditions: conditions === undefined || conditions.length === 0 ? undefined : conditions,
    }),
  }
}

function currentMetricsOfV1(metadata: JsonObject, status: JsonObject): JsonObject[] | null {
  // The annotation knows more than the one field of v1, so the field only counts without it.
  const list = readAnnotation(metadata, hpaAnnotations.currentMetrics, (content) =>
    structList(content).map(metricStatusFromV1),
  )
  if (list !== undefined) return list
  const averageUtilization = numberAt(status, 'currentCPUUtilizationPercentage')
  if (averageUtilization === undefined) return null
  return [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } }]
}

function isCpuMetric(metric: JsonObject): boolean {
  return stringAt(metric, 'type') === 'Resource' && stringAt(metric, 'resource', 'name') === 'cpu'
}

/** The percentage of a metric that v1 can express itself. */
function cpuUtilizationTarget(metric: JsonObject): number | undefined {
  return isCpuMetric(metric) ? numberAt(metric, 'resource', 'target', 'averageUtilization') : undefined
}

/** With the rules that a behavior has when it does not name them. */
function completed(behavior: JsonObject | undefined): JsonObject | undefined {
  if (behavior === undefined) return undefined
  return decodeWithSchema(schemas.struct('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior'), behavior).object
}

function condition(source: JsonObject): JsonObject {
  const reason = text(source, 'reason')
  const message = text(source, 'message')
  const time = text(source, 'lastTransitionTime')
  return compact({
    type: text(source, 'type'),
    status: text(source, 'status'),
    lastTransitionTime: time === '' ? null : time,
    reason: reason === '' ? undefined : reason,
    message: message === '' ? undefined : message,
  })
}
