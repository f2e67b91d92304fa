import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { objectAt } from '../values/read.ts'
import { expectRead, read } from './testing/read.ts'

const template = { metadata: {}, spec: objectAt(read('core.v1.PodTemplateSpec', {}), 'spec') }
const quarters = { maxUnavailable: '25%', maxSurge: '25%' }

describe('DeploymentSpec', () => {
  const spec = (strategy: JsonObject, rest: JsonObject = {}) => ({
    replicas: 1,
    selector: null,
    template,
    strategy,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...rest,
  })
  test.each<[JsonObject, JsonObject]>([
    [{}, spec({ type: 'RollingUpdate', rollingUpdate: quarters })],
    [{ strategy: { type: 'Recreate' } }, spec({ type: 'Recreate' })],
    [
      { strategy: { rollingUpdate: { maxUnavailable: 0 } } },
      spec({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } }),
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 1 } } },
      spec({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 1 } }),
    ],
    [
      { replicas: 0, revisionHistoryLimit: 0, progressDeadlineSeconds: 1 },
      spec(
        { type: 'RollingUpdate', rollingUpdate: quarters },
        { replicas: 0, revisionHistoryLimit: 0, progressDeadlineSeconds: 1 },
      ),
    ],
  ])('%j', (body, expected) => {
    expectRead('apps.v1.DeploymentSpec', body, expected)
  })
})

describe('DaemonSetSpec', () => {
  test.each<[JsonObject, JsonObject]>([
    [{}, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }],
    [{ type: 'OnDelete' }, { type: 'OnDelete' }],
    [{ rollingUpdate: { maxSurge: 1 } }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } }],
  ])('updateStrategy %j', (updateStrategy, expected) => {
    expectRead(
      'apps.v1.DaemonSetSpec',
      { updateStrategy },
      { selector: null, template, updateStrategy: expected, revisionHistoryLimit: 10 },
    )
  })
})

describe('StatefulSetSpec', () => {
  const retain = { whenDeleted: 'Retain', whenScaled: 'Retain' }
  const spec = (updateStrategy: JsonObject, volumeClaimTemplates?: JsonObject[]) => ({
    replicas: 1,
    selector: null,
    template,
    ...(volumeClaimTemplates && { volumeClaimTemplates }),
    serviceName: '',
    podManagementPolicy: 'OrderedReady',
    updateStrategy,
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: retain,
  })
  const rolling = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }
  const claim = { spec: { resources: {}, volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }
  test.each<[JsonObject, JsonObject]>([
    [{}, spec(rolling)],
    [{ updateStrategy: { type: 'RollingUpdate' } }, spec({ type: 'RollingUpdate' })],
    [{ updateStrategy: { type: 'RollingUpdate', rollingUpdate: {} } }, spec(rolling)],
    [
      { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } },
      spec({ type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: 2 } }),
    ],
    [{ updateStrategy: { type: 'OnDelete' } }, spec({ type: 'OnDelete' })],
    [
      { volumeClaimTemplates: [{ metadata: { name: 'a' } }, { kind: 'X', apiVersion: 'y' }] },
      spec(rolling, [
        { kind: 'PersistentVolumeClaim', apiVersion: 'v1', metadata: { name: 'a' }, ...claim },
        { kind: 'PersistentVolumeClaim', apiVersion: 'v1', metadata: {}, ...claim },
      ]),
    ],
    [
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' }, podManagementPolicy: 'Parallel' },
      {
        ...spec(rolling),
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      },
    ],
  ])('%j', (body, expected) => {
    expectRead('apps.v1.StatefulSetSpec', body, expected)
  })
})

describe('ReplicaSetSpec', () => {
  test.each<[JsonObject, number]>([
    [{}, 1],
    [{ replicas: 0 }, 0],
  ])('%j', (body, replicas) => {
    expectRead('apps.v1.ReplicaSetSpec', body, { replicas, selector: null, template })
  })
})

describe('ReplicationController', () => {
  const labels = { a: 'b' }
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{}, {}, { replicas: 1 }],
    [{ spec: { template: { metadata: { labels } } } }, { labels }, { replicas: 1, selector: labels }],
    [
      { metadata: { labels: { c: 'd' } }, spec: { selector: { e: 'f' }, template: { metadata: { labels } } } },
      { labels: { c: 'd' } },
      { replicas: 1, selector: { e: 'f' } },
    ],
  ])('%j', (body, metadata, spec) => {
    const controller = read('core.v1.ReplicationController', body)
    expect(controller).toMatchObject({ metadata, spec })
    expect(Object.keys(objectAt(controller, 'spec'))).toEqual([
      ...Object.keys(spec),
      ...('spec' in body ? ['template'] : []),
    ])
  })
})
