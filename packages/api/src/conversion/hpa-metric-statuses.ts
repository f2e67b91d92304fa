/** Current metrics of a HorizontalPodAutoscaler in autoscaling/v2 form and in the form that autoscaling/v1 keeps in an annotation. */
import type { JsonObject } from '@fairlead/apimachinery'
import { compact, int32, quantity, selector, struct, text } from './go-fields.ts'
import { convertMetric, metricIdentifier, objectReference } from './hpa-metric-specs.ts'

/** One item of `status.currentMetrics` (v2) as an item of the current-metrics annotation. */
export function metricStatusToV1(status: JsonObject): JsonObject {
  return convertMetric(status, {
    object(source) {
      const [current, metric] = parts(source)
      return compact({
        target: objectReference(struct(source, 'describedObject') ?? {}),
        metricName: text(metric, 'name'),
        currentValue: quantity(current, 'value') ?? '0',
        selector: selector(metric, 'selector'),
        averageValue: quantity(current, 'averageValue'),
      })
    },
    pods(source) {
      const [current, metric] = parts(source)
      return compact({
        metricName: text(metric, 'name'),
        currentAverageValue: quantity(current, 'averageValue') ?? '0',
        selector: selector(metric, 'selector'),
      })
    },
    resource: resourceToV1,
    containerResource: (source) => ({ ...resourceToV1(source), container: text(source, 'container') }),
    external(source) {
      const [current, metric] = parts(source)
      return compact({
        metricName: text(metric, 'name'),
        metricSelector: selector(metric, 'selector'),
        currentValue: quantity(current, 'value') ?? '0',
        currentAverageValue: quantity(current, 'averageValue'),
      })
    },
  })
}

function parts(source: JsonObject): readonly [current: JsonObject, metric: JsonObject] {
  return [struct(source, 'current') ?? {}, struct(source, 'metric') ?? {}]
}

function resourceToV1(source: JsonObject): JsonObject {
  const [current] = parts(source)
  return compact({
    name: text(source, 'name'),
    currentAverageUtilization: int32(current, 'averageUtilization'),
    currentAverageValue: quantity(current, 'averageValue') ?? '0',
  })
}

/** An item of the current-metrics annotation as an item of `status.currentMetrics` (v2). Throws FieldTypeError. */
export function metricStatusFromV1(status: JsonObject): JsonObject {
  return convertMetric(status, {
    object: (source) => ({
      metric: metricIdentifier(source, 'selector'),
      current: compact({
        value: quantity(source, 'currentValue') ?? '0',
        averageValue: quantity(source, 'averageValue'),
      }),
      describedObject: objectReference(struct(source, 'target') ?? {}),
    }),
    pods: (source) => ({
      metric: metricIdentifier(source, 'selector'),
      current: { averageValue: quantity(source, 'currentAverageValue') ?? '0' },
    }),
    resource: (source) => ({ name: text(source, 'name'), current: resourceCurrent(source) }),
    containerResource: (source) => ({
      name: text(source, 'name'),
      current: resourceCurrent(source),
      container: text(source, 'container'),
    }),
    external: (source) => ({
      metric: metricIdentifier(source, 'metricSelector'),
      current: compact({
        value: quantity(source, 'currentValue') ?? '0',
        averageValue: quantity(source, 'currentAverageValue'),
      }),
    }),
  })
}

function resourceCurrent(source: JsonObject): JsonObject {
  return compact({
    averageValue: quantity(source, 'currentAverageValue') ?? '0',
    averageUtilization: int32(source, 'currentAverageUtilization'),
  })
}
