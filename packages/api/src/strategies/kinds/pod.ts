import { formatTimestamp, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { StrategyContext } from '@fairlead/openapi'
import { listAt, numberAt, objectAt, stringAt } from '../../values/read.ts'
import { restoreAllBut, restoreField, restoreMetadata } from '../restore.ts'
import { type KindRules, resetMetadata } from '../strategy-rules.ts'
import { mergeMatchLabelKeys } from './pod-match-labels.ts'
import { qosClass } from './pod-qos.ts'
import { keepResizeOnly } from './pod-resize.ts'

/** Pods: pending when created, written in parts by the kubelet and others, deleted with a grace period. */
export const podRules: KindRules = {
  prepareForCreate(pod, context) {
    const conditions = listAt(pod, 'spec', 'schedulingGates').length > 0 ? [gatedCondition(context)] : undefined
    pod['status'] = {
      phase: 'Pending',
      ...(conditions === undefined ? undefined : { conditions }),
      qosClass: qosClass(pod),
    }
    mergeMatchLabelKeys(pod)
  },
  statusKeepsMetadata: ['ownerReferences'],
  prepareForStatusUpdate(next, previous) {
    if (stringAt(next, 'status', 'qosClass') !== '') return
    const status = { ...objectAt(next, 'status') }
    restoreField(status, objectAt(previous, 'status'), 'qosClass')
    next['status'] = status
  },
  subresources: {
    ephemeralcontainers: { raisesGeneration: true, prepareForUpdate: keepEphemeralContainersOnly },
    resize: { raisesGeneration: true, prepareForUpdate: keepResizeOnly },
  },
  gracePeriod(pod, requested) {
    const period = requested ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 0
    const phase = stringAt(pod, 'status', 'phase')
    if (stringAt(pod, 'spec', 'nodeName') === '' || phase === 'Failed' || phase === 'Succeeded') return 0
    return period < 0 ? 1 : period
  },
}

function gatedCondition({ clock }: StrategyContext): JsonObject {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: formatTimestamp(clock.now()),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
}

function keepEphemeralContainersOnly(next: KubeObject, previous: KubeObject): void {
  const sent = objectAt(next, 'spec')
  restoreAllBut(next, previous, [])
  restoreMetadata(next, previous, resetMetadata)
  const spec = { ...objectAt(next, 'spec') }
  restoreField(spec, sent, 'ephemeralContainers')
  next['spec'] = spec
}
