import type { JsonObject } from '@fairlead/apimachinery'
import { isObject, objectAt, stringAt } from '../values/read.ts'
import { always, type DefaultsTable, lacking, together } from './lacking.ts'
import { templateLabels, templateSelector } from './template-labels.ts'

const apps = 'io.k8s.api.apps.v1.'

/** What keeps pods running. */
export const workloadDefaults: DefaultsTable = {
  [`${apps}DeploymentSpec`]: together(
    always({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    rollingUpdate('strategy', { maxUnavailable: '25%', maxSurge: '25%' }),
  ),
  [`${apps}DaemonSetSpec`]: together(
    always({ revisionHistoryLimit: 10 }),
    rollingUpdate('updateStrategy', { maxUnavailable: 1, maxSurge: 0 }),
  ),
  [`${apps}ReplicaSetSpec`]: always({ replicas: 1 }),
  [`${apps}StatefulSetSpec`]: together(
    always({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
    statefulSetStrategy,
    claimTemplates,
  ),
  'io.k8s.api.core.v1.ReplicationController': (controller) =>
    lacking(controller, { ...templateLabels(controller), ...templateSelector(controller) }),
}

/** Rolling updates are the strategy unless another one is chosen, and only they have settings. */
function rollingUpdate(field: string, settings: JsonObject) {
  return (spec: JsonObject): JsonObject | undefined => {
    const type = stringAt(spec, field, 'type') || 'RollingUpdate'
    return lacking(spec, { [field]: type === 'RollingUpdate' ? { type, rollingUpdate: settings } : { type } })
  }
}

/** Without a `rollingUpdate` a strategy that was named stays without. */
function statefulSetStrategy(spec: JsonObject): JsonObject | undefined {
  const { type, rollingUpdate } = objectAt(spec, 'updateStrategy')
  const isRolling = type === undefined || (type === 'RollingUpdate' && rollingUpdate !== undefined)
  return lacking(spec, {
    updateStrategy: { type: 'RollingUpdate', ...(isRolling && { rollingUpdate: { partition: 0 } }) },
  })
}

/** Templates of claims say of which kind they are, although nothing reads it. */
function claimTemplates(spec: JsonObject): JsonObject | undefined {
  const templates = spec['volumeClaimTemplates']
  if (!Array.isArray(templates)) return undefined
  const identity = { kind: 'PersistentVolumeClaim', apiVersion: 'v1' }
  if (templates.every((entry) => stringAt(entry, 'kind') === identity.kind && stringAt(entry, 'apiVersion') === 'v1')) {
    return undefined
  }
  return {
    volumeClaimTemplates: templates.map((entry) => (isObject(entry) ? { ...identity, ...entry, ...identity } : entry)),
  }
}
