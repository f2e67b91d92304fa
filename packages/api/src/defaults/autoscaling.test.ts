import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { cpuMetric } from './autoscaling.ts'
import { expectRead } from './testing/read.ts'

const target = { kind: '', name: '' }
const doubled = { type: 'Percent', value: 100, periodSeconds: 15 }
const scaleUp = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, doubled],
}
const scaleDown = { selectPolicy: 'Max', policies: [doubled] }
const podMetric = { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } }

test.each<[string, JsonObject, JsonObject]>([
  ['v1', { maxReplicas: 2 }, { scaleTargetRef: target, minReplicas: 1, maxReplicas: 2 }],
  ['v1', { maxReplicas: 2, minReplicas: 0 }, { scaleTargetRef: target, minReplicas: 0, maxReplicas: 2 }],
  ['v2', {}, { scaleTargetRef: target, minReplicas: 1, maxReplicas: 0, metrics: [cpuMetric(80)] }],
  [
    'v2',
    { minReplicas: 2, metrics: [podMetric], behavior: {} },
    { scaleTargetRef: target, minReplicas: 2, maxReplicas: 0, metrics: [podMetric], behavior: { scaleUp, scaleDown } },
  ],
  [
    'v2',
    {
      behavior: {
        scaleUp: { policies: [doubled], tolerance: '0.1' },
        scaleDown: { stabilizationWindowSeconds: 60, selectPolicy: 'Disabled' },
      },
    },
    {
      scaleTargetRef: target,
      minReplicas: 1,
      maxReplicas: 0,
      metrics: [cpuMetric(80)],
      behavior: {
        scaleUp: { ...scaleUp, policies: [doubled], tolerance: '100m' },
        scaleDown: { stabilizationWindowSeconds: 60, selectPolicy: 'Disabled', policies: [doubled] },
      },
    },
  ],
])('%s %j', (version, body, expected) => {
  expectRead(`autoscaling.${version}.HorizontalPodAutoscalerSpec`, body, expected)
})
