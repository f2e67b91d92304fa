import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { objectAt } from '../values/read.ts'
import { convertHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'

const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }
const time = '2026-01-01T00:00:00Z'
const metricsKey = 'autoscaling.alpha.kubernetes.io/metrics'

function v2(spec: JsonObject, status: JsonObject = {}, annotations?: Record<string, string>): KubeObject {
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name: 'web', ...(annotations && { annotations }) },
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 9, ...spec },
    status: { desiredReplicas: 0, currentMetrics: null, ...status },
  }
}

const cpu = (percent: number): JsonObject => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
})

const full = v2(
  {
    metrics: [
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Ingress', name: 'main', apiVersion: 'networking.k8s.io/v1' },
          target: { type: 'Value', value: '2k' },
          metric: { name: 'requests', selector: { matchLabels: { verb: 'GET' } } },
        },
      },
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Ingress', name: 'main' },
          target: { type: 'AverageValue', averageValue: '500m' },
          metric: { name: 'requests' },
        },
      },
      { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } },
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '64Mi' } } },
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 }, container: 'app' },
      },
      { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '30' } } },
      cpu(50),
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }],
        tolerance: '100m',
      },
      scaleDown: { selectPolicy: 'Disabled' },
    },
  },
  {
    observedGeneration: 2,
    lastScaleTime: time,
    currentReplicas: 3,
    desiredReplicas: 4,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageValue: '120m', averageUtilization: 40 } } },
      { type: 'Pods', pods: { metric: { name: 'packets' }, current: { averageValue: '3' } } },
      { type: 'External', external: { metric: { name: 'queue' }, current: { value: '7', averageValue: '2' } } },
      {
        type: 'Object',
        object: {
          metric: { name: 'requests' },
          current: { value: '9' },
          describedObject: { kind: 'Ingress', name: 'main' },
        },
      },
    ],
    conditions: [
      { type: 'AbleToScale', status: 'True', lastTransitionTime: time, reason: 'Ready', message: 'ok' },
      { type: 'ScalingActive', status: 'False', lastTransitionTime: null },
    ],
  },
)

describe('convertHorizontalPodAutoscaler', () => {
  test('everything of v2 survives a trip through v1', () => {
    const v1 = convertHorizontalPodAutoscaler(full, 'autoscaling/v1')
    expect(v1['spec']).toEqual({ scaleTargetRef, minReplicas: 1, maxReplicas: 9, targetCPUUtilizationPercentage: 50 })
    expect(v1['status']).toEqual({
      observedGeneration: 2,
      lastScaleTime: time,
      currentReplicas: 3,
      desiredReplicas: 4,
      currentCPUUtilizationPercentage: 40,
    })
    const back = convertHorizontalPodAutoscaler(v1, 'autoscaling/v2')
    // What a behavior does not name, the defaults of v2 add.
    const policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }]
    const scaleDown = { ...objectAt(full, 'spec', 'behavior', 'scaleDown'), policies }
    expect(back).toEqual({
      ...full,
      spec: { ...objectAt(full, 'spec'), behavior: { ...objectAt(full, 'spec', 'behavior'), scaleDown } },
    })
    expect(
      convertHorizontalPodAutoscaler(convertHorizontalPodAutoscaler(back, 'autoscaling/v1'), 'autoscaling/v2'),
    ).toEqual(back)
  })

  test('the annotations have the text that Go writes', () => {
    const { annotations } = convertHorizontalPodAutoscaler(full, 'autoscaling/v1').metadata
    expect(annotations?.['autoscaling.alpha.kubernetes.io/behavior']).toBe(
      '{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],' +
        '"Tolerance":"100m"},"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Disabled","Policies":null,"Tolerance":null}}',
    )
    expect(annotations?.['autoscaling.alpha.kubernetes.io/conditions']).toBe(
      `[{"type":"AbleToScale","status":"True","lastTransitionTime":"${time}","reason":"Ready","message":"ok"},` +
        '{"type":"ScalingActive","status":"False","lastTransitionTime":null}]',
    )
    expect(JSON.parse(annotations?.[metricsKey] ?? '')).toHaveLength(6)
    expect(annotations?.[metricsKey]).toContain(
      '{"type":"Object","object":{"target":{"kind":"Ingress","name":"main","apiVersion":"networking.k8s.io/v1"},' +
        '"metricName":"requests","targetValue":"2k","selector":{"matchLabels":{"verb":"GET"}}}}',
    )
    expect(annotations?.['autoscaling.alpha.kubernetes.io/current-metrics']).toMatch(
      /^\[\{"type":"Resource","resource":\{"name":"cpu","currentAverageUtilization":40,"currentAverageValue":"120m"\}\},/,
    )
  })

  const v1 = (spec: JsonObject, annotations?: Record<string, string>, status: JsonObject = {}): KubeObject => ({
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'web', ...(annotations && { annotations }) },
    spec: { scaleTargetRef, maxReplicas: 9, ...spec },
    status: { currentReplicas: 0, desiredReplicas: 0, ...status },
  })

  const metricsCases: readonly { name: string; from: KubeObject; metrics: JsonObject[] }[] = [
    { name: 'no metric at all means 80 percent cpu', from: v1({}), metrics: [cpu(80)] },
    { name: 'the field alone', from: v1({ targetCPUUtilizationPercentage: 30 }), metrics: [cpu(30)] },
    { name: 'an annotation that is no JSON', from: v1({}, { [metricsKey]: '[{' }), metrics: [cpu(80)] },
    { name: 'an annotation of another type', from: v1({}, { [metricsKey]: '{"type":"Pods"}' }), metrics: [cpu(80)] },
    { name: 'a member of another type', from: v1({}, { [metricsKey]: '[{"type":1}]' }), metrics: [cpu(80)] },
    {
      name: 'a bad quantity',
      from: v1({}, { [metricsKey]: '[{"type":"Pods","pods":{"metricName":"x","targetAverageValue":"1q"}}]' }),
      metrics: [cpu(80)],
    },
    {
      name: 'the field goes last; names match without regard to case',
      from: v1(
        { targetCPUUtilizationPercentage: 30 },
        { [metricsKey]: '[{"Type":"Pods","pods":{"metricname":"x","targetAverageValue":"1000m"}}]' },
      ),
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } } },
        cpu(30),
      ],
    },
  ]
  test.each(metricsCases)('$name', ({ from, metrics }) => {
    const converted = convertHorizontalPodAutoscaler(from, 'autoscaling/v2')
    expect((converted['spec'] as JsonObject)['metrics']).toEqual(metrics)
    expect(converted.metadata).toEqual({ name: 'web' })
  })

  test('the current utilization of v1 becomes a metric', () => {
    const converted = convertHorizontalPodAutoscaler(
      v1({}, undefined, { currentCPUUtilizationPercentage: 5 }),
      'autoscaling/v2',
    )
    expect(converted['status']).toEqual({
      desiredReplicas: 0,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 5 } } }],
    })
  })

  test('v2 never keeps round-trip annotations, others stay', () => {
    const from = v2({ metrics: [cpu(50)] }, {}, { [metricsKey]: '[]', keep: 'me' })
    expect(convertHorizontalPodAutoscaler(from, 'autoscaling/v2').metadata.annotations).toEqual({ keep: 'me' })
    expect(convertHorizontalPodAutoscaler(from, 'autoscaling/v1').metadata.annotations).toEqual({ keep: 'me' })
    expect(from.metadata.annotations).toEqual({ [metricsKey]: '[]', keep: 'me' })
  })
})
