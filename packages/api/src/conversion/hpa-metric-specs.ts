/** Metric targets of a HorizontalPodAutoscaler in autoscaling/v2 form and in the form that autoscaling/v1 keeps in an annotation. */
import { type JsonObject, parseQuantity } from '@fairlead/apimachinery'
import { compact, int32, quantity, selector, struct, text } from './go-fields.ts'

/** A reference to a scaled or described object; `apiVersion` is left out when empty. */
export function objectReference(reference: JsonObject): JsonObject {
  const apiVersion = text(reference, 'apiVersion')
  return compact({
    kind: text(reference, 'kind'),
    name: text(reference, 'name'),
    apiVersion: apiVersion === '' ? undefined : apiVersion,
  })
}

/** The `metric` member of v2 from a v1 name and selector. */
export function metricIdentifier(source: JsonObject, selectorName: string): JsonObject {
  return compact({ name: text(source, 'metricName'), selector: selector(source, selectorName) })
}

/** Applies `convert` to each kind of source that a metric may have, in wire order. */
export function convertMetric(
  metric: JsonObject,
  convert: Readonly<
    Record<'object' | 'pods' | 'resource' | 'containerResource' | 'external', (s: JsonObject) => JsonObject>
  >,
): JsonObject {
  const part = (name: keyof typeof convert): JsonObject | undefined => {
    const source = struct(metric, name)
    return source === undefined ? undefined : convert[name](source)
  }
  return compact({
    type: text(metric, 'type'),
    object: part('object'),
    pods: part('pods'),
    resource: part('resource'),
    containerResource: part('containerResource'),
    external: part('external'),
  })
}

/** One metric of `spec.metrics` (v2) as an item of the metrics annotation. */
export function metricSpecToV1(metric: JsonObject): JsonObject {
  return convertMetric(metric, {
    object(source) {
      const [target, metric] = parts(source)
      return compact({
        target: objectReference(struct(source, 'describedObject') ?? {}),
        metricName: text(metric, 'name'),
        targetValue: quantity(target, 'value') ?? '0',
        selector: selector(metric, 'selector'),
        averageValue: quantity(target, 'averageValue'),
      })
    },
    pods(source) {
      const [target, metric] = parts(source)
      return compact({
        metricName: text(metric, 'name'),
        targetAverageValue: quantity(target, 'averageValue') ?? '0',
        selector: selector(metric, 'selector'),
      })
    },
    resource: resourceToV1,
    containerResource: (source) => ({ ...resourceToV1(source), container: text(source, 'container') }),
    external(source) {
      const [target, metric] = parts(source)
      return compact({
        metricName: text(metric, 'name'),
        metricSelector: selector(metric, 'selector'),
        targetValue: quantity(target, 'value'),
        targetAverageValue: quantity(target, 'averageValue'),
      })
    },
  })
}

function parts(source: JsonObject): readonly [target: JsonObject, metric: JsonObject] {
  return [struct(source, 'target') ?? {}, struct(source, 'metric') ?? {}]
}

function resourceToV1(source: JsonObject): JsonObject {
  const [target] = parts(source)
  return compact({
    name: text(source, 'name'),
    targetAverageUtilization: int32(target, 'averageUtilization'),
    targetAverageValue: quantity(target, 'averageValue'),
  })
}

/** An item of the metrics annotation as a metric of `spec.metrics` (v2). Throws FieldTypeError. */
export function metricSpecFromV1(metric: JsonObject): JsonObject {
  return convertMetric(metric, {
    object(source) {
      const averageValue = quantity(source, 'averageValue')
      const value = quantity(source, 'targetValue') ?? '0'
      // v1 cannot leave targetValue out; a zero beside an average means that there is none.
      const keep = averageValue === undefined || !parseQuantity(value).isZero
      return {
        describedObject: objectReference(struct(source, 'target') ?? {}),
        target: compact({
          type: averageValue === undefined ? 'Value' : 'AverageValue',
          value: keep ? value : undefined,
          averageValue,
        }),
        metric: metricIdentifier(source, 'selector'),
      }
    },
    pods: (source) => ({
      metric: metricIdentifier(source, 'selector'),
      target: { type: 'AverageValue', averageValue: quantity(source, 'targetAverageValue') ?? '0' },
    }),
    resource: (source) => ({ name: text(source, 'name'), target: resourceTarget(source) }),
    containerResource: (source) => ({
      name: text(source, 'name'),
      target: resourceTarget(source),
      container: text(source, 'container'),
    }),
    external(source) {
      const value = quantity(source, 'targetValue')
      return {
        metric: metricIdentifier(source, 'metricSelector'),
        target: compact({
          type: value === undefined ? 'AverageValue' : 'Value',
          value,
          averageValue: quantity(source, 'targetAverageValue'),
        }),
      }
    },
  })
}

function resourceTarget(source: JsonObject): JsonObject {
  const averageUtilization = int32(source, 'targetAverageUtilization')
  return compact({
    type: averageUtilization === undefined ? 'AverageValue' : 'Utilization',
    averageValue: quantity(source, 'targetAverageValue'),
    averageUtilization,
  })
}
