import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { context, created, decoded, now, resources } from './testing/built-in.ts'

describe('create', () => {
  it.each<[string, string, JsonObject, JsonObject]>([
    ['apps', 'deployments', { status: { replicas: 3 } }, { status: {} }],
    [
      'policy',
      'poddisruptionbudgets',
      { status: { disruptionsAllowed: 3, conditions: [] } },
      { status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } },
    ],
    ['', 'nodes', { status: { phase: 'Running' } }, { status: { phase: 'Running' } }],
    [
      '',
      'namespaces',
      { status: { phase: 'x' } },
      { status: { phase: 'Active' }, spec: { finalizers: ['kubernetes'] } },
    ],
    ['', 'namespaces', { spec: { finalizers: ['a/b'] } }, { spec: { finalizers: ['a/b', 'kubernetes'] } }],
    ['', 'persistentvolumes', {}, { status: { phase: 'Pending', lastPhaseTransitionTime: now } }],
    [
      '',
      'persistentvolumeclaims',
      { spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } } },
      {
        spec: {
          dataSource: { apiGroup: null, kind: 'PersistentVolumeClaim', name: 'a' },
          dataSourceRef: { apiGroup: null, kind: 'PersistentVolumeClaim', name: 'a' },
        },
      },
    ],
    [
      '',
      'persistentvolumeclaims',
      { spec: { dataSourceRef: { apiGroup: 'x.io', kind: 'Y', name: 'a', namespace: 'other' } } },
      { spec: { dataSourceRef: { apiGroup: 'x.io', kind: 'Y', name: 'a', namespace: 'other' } } },
    ],
    ['', 'serviceaccounts', { secrets: [{ name: 'a', namespace: 'b' }] }, { secrets: [{ name: 'a' }] }],
    [
      'coordination.k8s.io',
      'leases',
      { spec: { holderIdentity: 'a', strategy: 'x' } },
      { spec: { holderIdentity: 'a' } },
    ],
    [
      'certificates.k8s.io',
      'certificatesigningrequests',
      { spec: { signerName: 's', username: 'mallory', groups: ['x'], request: 'AA==' } },
      { spec: { signerName: 's', username: 'jane', uid: 'u1', groups: ['a', 'b'], extra: { k: ['v'] } } },
    ],
    [
      'apiextensions.k8s.io',
      'customresourcedefinitions',
      { spec: { versions: [{ name: 'v1', served: true, storage: true }] } },
      { status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] } },
    ],
    [
      'apiregistration.k8s.io',
      'apiservices',
      { spec: { group: 'a', version: 'v1' } },
      { status: { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: now, reason: 'Local' }] } },
    ],
    ['apiregistration.k8s.io', 'apiservices', { spec: { service: { name: 'a' } } }, { status: {} }],
  ])('%s/%s %o', (group, name, body, expected) => {
    expect(created(group, name, body)).toMatchObject(expected)
  })

  it.each<[string, string, number | undefined]>([
    ['apps', 'deployments', 1],
    ['', 'pods', 1],
    ['scheduling.k8s.io', 'priorityclasses', 1],
    ['storage.k8s.io', 'csidrivers', undefined],
    ['', 'configmaps', undefined],
    ['', 'services', undefined],
    ['apiregistration.k8s.io', 'apiservices', undefined],
  ])('%s/%s starts at generation %s', (group, name, generation) => {
    expect(created(group, name, {}).metadata.generation).toBe(generation)
  })

  it('labels namespaces with their name', () => {
    expect(created('', 'namespaces', {}).metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'x' })
  })

  it('starts pods as pending, gated and classified', () => {
    const containers = [
      { name: 'a', resources: { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: '1000m', memory: '1Gi' } } },
    ]
    expect(created('', 'pods', { spec: { containers, schedulingGates: [{ name: 'a' }] } })['status']).toEqual({
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          lastProbeTime: null,
          lastTransitionTime: now,
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ],
      qosClass: 'Guaranteed',
    })
  })

  it.each<[string, JsonObject]>([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: 1 } }],
    ['Burstable', { limits: { cpu: 1 } }],
    ['Burstable', { limits: { cpu: 1, memory: 1 }, requests: { cpu: '0.5', memory: 1 } }],
    ['BestEffort', { limits: { 'example.com/gpu': 1 } }],
  ])('classifies a pod as %s by %o', (qosClass, resources_) => {
    const pod = created('', 'pods', { spec: { containers: [{ name: 'a', resources: resources_ }] } })
    expect(pod['status']).toEqual({ phase: 'Pending', qosClass })
  })

  it('turns match label keys into requirements', () => {
    const constraint = { labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['app', 'missing'] }
    const pod = created('', 'pods', {
      metadata: { name: 'x', labels: { app: 'web' } },
      spec: { topologySpreadConstraints: [constraint] },
    })
    expect(pod['spec']).toMatchObject({
      topologySpreadConstraints: [
        { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } },
      ],
    })
  })

  it('selects the pods of a job by its uid', () => {
    const labels = {
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'x',
      'controller-uid': 'u',
      'job-name': 'x',
    }
    expect(created('batch', 'jobs', { spec: { template: {} } })['spec']).toMatchObject({
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
      template: { metadata: { labels } },
    })
    expect(created('batch', 'jobs', { spec: { template: {} } }).metadata.labels).toEqual(labels)
    const labelled = created('batch', 'jobs', { metadata: { name: 'x', uid: 'u', labels: { a: 'b' } } })
    expect(labelled.metadata.labels).toEqual({ a: 'b' })
    const manual = created('batch', 'jobs', { spec: { manualSelector: true, template: {} } })
    expect(manual['spec']).not.toHaveProperty('selector')
  })

  it('names a limit range that has no name', () => {
    const object = created('', 'limitranges', { metadata: {} })
    expect(object.metadata.name).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  it('leaves objects in the order in which they are read', () => {
    for (const description of resources) {
      if (description.storage === undefined) continue
      const object = decoded(description, {})
      description.strategy.prepareForCreate(object, context)
      const { metadata: _metadata, ...rest } = object
      const stored = description.versions.find(({ kind }) => description.storage?.apiVersion.endsWith(kind.version))
      const { metadata: _again, ...again } = stored?.kind.decode(rest).object ?? {}
      expect(JSON.stringify(again)).toBe(JSON.stringify(rest))
    }
  })
})
