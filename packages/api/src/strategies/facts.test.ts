import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { context, created, decoded, resource, resources } from './testing/built-in.ts'

describe('deletion', () => {
  const { strategy } = resource('', 'pods')
  const pod = (spec: JsonObject, status: JsonObject = {}) => decoded(resource('', 'pods'), { spec, status })

  it.each<[JsonObject, JsonObject, number | undefined, number]>([
    [{ nodeName: 'n', terminationGracePeriodSeconds: 30 }, {}, undefined, 30],
    [{ nodeName: 'n', terminationGracePeriodSeconds: 30 }, {}, 5, 5],
    [{ nodeName: 'n', terminationGracePeriodSeconds: -1 }, {}, undefined, 1],
    [{ nodeName: 'n' }, {}, undefined, 30],
    [{ nodeName: 'n', terminationGracePeriodSeconds: 0 }, {}, undefined, 0],
    [{ terminationGracePeriodSeconds: 30 }, {}, 10, 0],
    [{ nodeName: 'n', terminationGracePeriodSeconds: 30 }, { phase: 'Succeeded' }, undefined, 0],
    [{ nodeName: 'n', terminationGracePeriodSeconds: 30 }, { phase: 'Failed' }, 10, 0],
  ])('a pod %o %o asked for %s takes %i seconds', (spec, status, requested, seconds) => {
    expect(strategy.gracePeriod?.(pod(spec, status), requested)).toBe(seconds)
  })

  it('marks a namespace as terminating', () => {
    const namespace = created('', 'namespaces', {})
    resource('', 'namespaces').strategy.prepareForDelete?.(namespace, context)
    expect(namespace['status']).toEqual({ phase: 'Terminating' })
  })

  it('answers with the object for the kinds that do', () => {
    const answering = resources.filter((entry) => entry.strategy.returnsDeletedObject).map((entry) => entry.resource)
    expect(answering.sort()).toEqual([
      'csidrivers',
      'csinodes',
      'deviceclasses',
      'devicetaintrules',
      'namespaces',
      'persistentvolumeclaims',
      'persistentvolumes',
      'pods',
      'podtemplates',
      'resourceclaims',
      'resourceclaimtemplates',
      'resourcepoolstatusrequests',
      'resourcequotas',
      'resourceslices',
      'serviceaccounts',
      'services',
      'storageclasses',
      'volumeattachments',
      'volumeattributesclasses',
    ])
  })

  it('leaves dependents of jobs and replication controllers alone', () => {
    const defaults = resources
      .filter(({ strategy: { garbageCollection } }) => garbageCollection !== 'Background')
      .map((entry) => [entry.group, entry.resource, entry.strategy.garbageCollection])
    expect(defaults).toEqual([
      ['', 'events', 'Unsupported'],
      ['', 'replicationcontrollers', 'Orphan'],
      ['events.k8s.io', 'events', 'Unsupported'],
      ['batch', 'jobs', 'Orphan'],
    ])
  })
})

describe('writes by PUT', () => {
  it('creates for the kinds that do', () => {
    const creating = resources.filter((entry) => entry.strategy.createOnUpdate).map((entry) => entry.resource)
    expect([...new Set(creating)].sort()).toEqual([
      'clusterrolebindings',
      'clusterroles',
      'endpoints',
      'events',
      'leasecandidates',
      'leases',
      'limitranges',
      'rolebindings',
      'roles',
      'runtimeclasses',
      'services',
    ])
  })

  it('wants a resourceVersion for the kinds that do', () => {
    const conditional = resources.filter((entry) => !entry.strategy.unconditionalUpdate).map((entry) => entry.resource)
    expect(conditional.sort()).toEqual([
      'apiservices',
      'clustertrustbundles',
      'csidrivers',
      'csinodes',
      'csistoragecapacities',
      'customresourcedefinitions',
      'leasecandidates',
      'leases',
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'mutatingwebhookconfigurations',
      'podcertificaterequests',
      'poddisruptionbudgets',
      'resourcepoolstatusrequests',
      'runtimeclasses',
      'storageversionmigrations',
      'storageversions',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'validatingwebhookconfigurations',
      'volumeattachments',
    ])
  })
})
