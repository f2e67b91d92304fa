import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, listAt, numberAt, stringAt } from '../values/read.ts'
import { age, name, textOr } from './cells.ts'
import { ageColumn, cellPrinter, integer, nameColumn, type PrinterTable, text } from './printer.ts'

const maxShownMetrics = 2

/** Kinds of autoscaling, and disruption budgets. */
export const autoscalingPrinters: PrinterTable = {
  'autoscaling/HorizontalPodAutoscaler': cellPrinter(
    [
      nameColumn,
      text('Reference', 'The object that is scaled.'),
      text('Targets', 'The first metrics: what they are, and what they should be.'),
      text('MinPods', 'The least number of pods.'),
      text('MaxPods', 'The greatest number of pods.'),
      text('Replicas', 'The number of pods that exist.'),
      ageColumn,
    ],
    (autoscaler, now) => [
      name(autoscaler),
      `${stringAt(autoscaler, 'spec', 'scaleTargetRef', 'kind')}/${stringAt(autoscaler, 'spec', 'scaleTargetRef', 'name')}`,
      metricsText(autoscaler),
      String(numberAt(autoscaler, 'spec', 'minReplicas') ?? '<unset>'),
      numberAt(autoscaler, 'spec', 'maxReplicas') ?? 0,
      numberAt(autoscaler, 'status', 'currentReplicas') ?? 0,
      age(autoscaler, now),
    ],
  ),
  'autoscaling/Scale': cellPrinter(
    [
      { ...nameColumn, format: '' },
      integer('Desired', 'The number of pods that are wanted.'),
      integer('Available', 'The number of pods that exist.'),
      ageColumn,
    ],
    (scale, now) => [
      name(scale),
      numberAt(scale, 'spec', 'replicas') ?? 0,
      numberAt(scale, 'status', 'replicas') ?? 0,
      age(scale, now),
    ],
  ),
  'policy/PodDisruptionBudget': cellPrinter(
    [
      nameColumn,
      text('Min Available', 'How many pods must stay, as a number or percentage.'),
      text('Max Unavailable', 'How many pods may be missing, as a number or percentage.'),
      integer('Allowed Disruptions', 'How many pods may be evicted now.'),
      ageColumn,
    ],
    (budget, now) => [
      name(budget),
      String(at(budget, 'spec', 'minAvailable') ?? 'N/A'),
      String(at(budget, 'spec', 'maxUnavailable') ?? 'N/A'),
      numberAt(budget, 'status', 'disruptionsAllowed') ?? 0,
      age(budget, now),
    ],
  ),
}

function metricsText(autoscaler: KubeObject): string {
  const metrics = listAt(autoscaler, 'spec', 'metrics').filter(isObject)
  const statuses = listAt(autoscaler, 'status', 'currentMetrics')
  if (metrics.length === 0) return '<none>'
  const shown = metrics.slice(0, maxShownMetrics).map((metric, index) => metricText(metric, statuses[index]))
  const more = metrics.length - maxShownMetrics
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ')
}

/** The current value may be missing; it is matched to its metric by position. */
function metricText(metric: JsonObject, status: JsonValue | undefined): string {
  switch (metric['type']) {
    case 'External':
      return valueOrAverage(metric, status, 'external')
    case 'Object':
      return valueOrAverage(metric, status, 'object')
    case 'Pods':
      return `${current(status, 'pods', 'averageValue')}/${target(metric, 'pods', 'averageValue')}`
    case 'Resource':
      return resourceText(metric, status, 'resource')
    case 'ContainerResource':
      return resourceText(metric, status, 'containerResource')
    default:
      return '<unknown type>'
  }
}

function current(status: JsonValue | undefined, source: string, field: string): string {
  return textOr('<unknown>', status, source, 'current', field)
}

function target(metric: JsonObject, source: string, field: string): string {
  return textOr('0', metric, source, 'target', field)
}

function valueOrAverage(metric: JsonObject, status: JsonValue | undefined, source: 'external' | 'object'): string {
  if (at(metric, source, 'target', 'averageValue') !== undefined) {
    return `${current(status, source, 'averageValue')}/${target(metric, source, 'averageValue')} (avg)`
  }
  return `${current(status, source, 'value')}/${target(metric, source, 'value')}`
}

function resourceText(
  metric: JsonObject,
  status: JsonValue | undefined,
  source: 'resource' | 'containerResource',
): string {
  const resource = stringAt(metric, source, 'name')
  if (at(metric, source, 'target', 'averageValue') !== undefined) {
    return `${resource}: ${current(status, source, 'averageValue')}/${target(metric, source, 'averageValue')}`
  }
  const percent = (value: number | undefined, missing: string): string => (value === undefined ? missing : `${value}%`)
  const is = percent(numberAt(status, source, 'current', 'averageUtilization'), '<unknown>')
  const shouldBe = percent(numberAt(metric, source, 'target', 'averageUtilization'), '<auto>')
  return `${resource}: ${is}/${shouldBe}`
}
