import { fieldErrorMessage, type JsonObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { listAt, objectAt } from '../values/read.ts'
import { context, created, decoded, now, part, resource, updated } from './testing/built-in.ts'

describe('update', () => {
  const deployments = resource('apps', 'deployments')

  it.each<[string, JsonObject, number]>([
    ['nothing', {}, 4],
    ['spec', { spec: { replicas: 2 } }, 5],
    ['status', { status: { replicas: 2 } }, 4],
    ['labels', { metadata: { name: 'x', generation: 4, labels: { a: 'b' } } }, 4],
    ['annotations', { metadata: { name: 'x', generation: 4, annotations: { a: 'b' } } }, 5],
  ])('a change of %s', (_what, change, generation) => {
    const previous = { metadata: { name: 'x', generation: 4 }, spec: { replicas: 1 } }
    const next = updated(deployments, { previous, next: { ...previous, ...change } })
    expect(next.metadata.generation).toBe(generation)
    expect(next['status']).toEqual({})
  })

  it.each<[string, string, JsonObject, boolean]>([
    ['', 'podtemplates', { template: { spec: { hostname: 'a' } } }, true],
    ['discovery.k8s.io', 'endpointslices', { addressType: 'IPv4' }, true],
    ['discovery.k8s.io', 'endpointslices', { metadata: { name: 'x', generation: 1, labels: { a: 'b' } } }, true],
    ['discovery.k8s.io', 'endpointslices', { metadata: { name: 'x', generation: 1, annotations: { a: 'b' } } }, false],
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', { webhooks: [{ name: 'a' }] }, true],
    ['scheduling.k8s.io', 'priorityclasses', { description: 'a' }, false],
    ['', 'pods', { spec: { activeDeadlineSeconds: 1 } }, true],
    ['', 'configmaps', { data: { a: 'b' } }, false],
  ])('%s/%s %o raises the generation: %s', (group, name, change, raised) => {
    const previous = { metadata: { name: 'x', generation: 1 } }
    const next = updated(resource(group, name), { previous, next: { ...previous, ...change } })
    expect(next.metadata.generation).toBe(raised ? 2 : 1)
  })

  it('takes the status endpoint for status alone', () => {
    const previous = { metadata: { name: 'x', generation: 1, labels: { a: 'b' } }, spec: { replicas: 1 } }
    const metadata = { name: 'x', generation: 1, labels: { c: 'd' }, annotations: { e: 'f' } }
    const next = updated(deployments, {
      previous,
      next: { metadata, spec: { replicas: 2 }, status: { replicas: 2 } },
      strategy: part(deployments, 'status'),
    })
    expect(next['spec']).toMatchObject({ replicas: 1 })
    expect(next['status']).toEqual({ replicas: 2 })
    expect(next.metadata).toMatchObject({ generation: 1, labels: { a: 'b' }, annotations: { e: 'f' } })
  })

  it.each<[string, string, readonly string[]]>([
    ['', 'namespaces', ['annotations', 'finalizers', 'labels', 'ownerReferences']],
    ['', 'pods', ['annotations', 'finalizers', 'labels']],
    ['apps', 'deployments', ['annotations', 'finalizers', 'ownerReferences']],
    ['apiregistration.k8s.io', 'apiservices', []],
    ['storage.k8s.io', 'volumeattachments', []],
    ['flowcontrol.apiserver.k8s.io', 'flowschemas', []],
    ['resource.k8s.io', 'resourceclaims', []],
  ])('the status endpoint of %s/%s writes %o of the metadata', (group, name, writable) => {
    const description = resource(group, name)
    const metadata = {
      name: 'x',
      labels: { a: 'b' },
      annotations: { a: 'b' },
      finalizers: ['a/b'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u' }],
    }
    const next = updated(description, {
      previous: { metadata: { name: 'x' } },
      next: { metadata },
      strategy: part(description, 'status'),
    })
    expect(
      Object.keys(next.metadata)
        .filter((key) => key !== 'name')
        .sort(),
    ).toEqual(writable)
  })

  it('keeps finalizers of a namespace to their own endpoint', () => {
    const namespaces = resource('', 'namespaces')
    const previous = { metadata: { name: 'x' }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
    const next = { metadata: { name: 'x' }, spec: { finalizers: [] }, status: { phase: 'Terminating' } }
    expect(updated(namespaces, { previous, next })).toMatchObject({ spec: previous.spec, status: previous.status })
    const finalized = updated(namespaces, { previous, next, strategy: part(namespaces, 'finalize') })
    expect(finalized).toMatchObject({ spec: {}, status: previous.status })
    expect(namespaces.strategy.extraFinalizers?.(finalized)).toEqual([])
    expect(finalized.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'x' })
  })

  it('merges strings into the data of a secret and keeps its type', () => {
    const next = updated(resource('', 'secrets'), {
      previous: { data: { a: 'AA==' }, type: 'Opaque' },
      next: { data: { a: 'AA==', b: 'AA==' }, stringData: { a: 'ab', c: '' } },
    })
    const { metadata: _metadata, ...rest } = next
    expect(JSON.stringify(rest)).toBe(
      '{"kind":"Secret","apiVersion":"v1","data":{"a":"YWI=","b":"AA==","c":""},"type":"Opaque"}',
    )
  })

  it.each<[JsonObject, JsonObject, string[]]>([
    [{}, {}, []],
    [{ type: 'Opaque' }, {}, []],
    [{ type: 'a/b' }, { type: 'a/b' }, []],
    [{ type: 'a/b' }, {}, ['Invalid value: "Opaque": field is immutable']],
    [{}, { type: 'a/b' }, ['Invalid value: "a/b": field is immutable']],
  ])('a secret %j that becomes %j: %j', (previous, next, expected) => {
    const secrets = resource('', 'secrets')
    const errors = secrets.strategy.validateUpdate(decoded(secrets, next), decoded(secrets, previous), context)
    expect(errors.map(fieldErrorMessage)).toEqual(expected.map((text) => `type: ${text}`))
  })

  it('knows since when devices are tainted', () => {
    const taint = { key: 'k', effect: 'NoSchedule' }
    const earlier = { ...taint, timeAdded: '2020-01-01T00:00:00Z' }
    const devices = [{ name: 'a', taints: [taint, earlier] }, { name: 'b' }]
    const expected = [{ name: 'a', taints: [{ ...taint, timeAdded: now }, earlier] }, { name: 'b' }]
    expect(objectAt(created('resource.k8s.io', 'resourceslices', { spec: { devices } }), 'spec')['devices']).toEqual(
      expected,
    )
    const slices = resource('resource.k8s.io', 'resourceslices')
    expect(objectAt(updated(slices, { previous: {}, next: { spec: { devices } } }), 'spec')['devices']).toEqual(
      expected,
    )
    const spec = { taint }
    expect(created('resource.k8s.io', 'devicetaintrules', { spec })['spec']).toEqual({
      taint: { ...taint, timeAdded: now },
    })
    expect(created('resource.k8s.io', 'devicetaintrules', { spec: { taint: earlier } })['spec']).toEqual({
      taint: earlier,
    })
  })

  it('counts the templates of a daemon set', () => {
    const sets = resource('apps', 'daemonsets')
    const key = 'deprecated.daemonset.template.generation'
    expect(created('apps', 'daemonsets', {}).metadata.annotations).toEqual({ [key]: '1' })
    const previous = { metadata: { name: 'x', generation: 1, annotations: { [key]: '3' } } }
    const template = { spec: { hostname: 'a' } }
    const changed = updated(sets, { previous, next: { metadata: { name: 'x', generation: 1 }, spec: { template } } })
    expect(changed.metadata).toMatchObject({ generation: 2, annotations: { [key]: '4' } })
    const same = updated(sets, { previous, next: { metadata: { name: 'x', generation: 1 } } })
    expect(same.metadata).toMatchObject({ generation: 1, annotations: { [key]: '3' } })
  })

  it('times the conditions of an approval and changes nothing else', () => {
    const requests = resource('certificates.k8s.io', 'certificatesigningrequests')
    const previous = { spec: { signerName: 's', request: 'AA==' }, status: { certificate: 'AA==' } }
    const next = {
      spec: { signerName: 'other', request: 'AAAA' },
      status: { conditions: [{ type: 'Approved', status: 'True' }] },
    }
    const approved = updated(requests, { previous, next, strategy: part(requests, 'approval') })
    expect(approved).toMatchObject({
      spec: previous.spec,
      status: {
        certificate: 'AA==',
        conditions: [{ type: 'Approved', status: 'True', lastUpdateTime: now, lastTransitionTime: now }],
      },
    })
    expect(updated(requests, { previous, next })).toMatchObject(previous)
  })

  it('lets each endpoint of a pod write its part', () => {
    const pods = resource('', 'pods')
    const container = { name: 'a', image: 'one', resources: { limits: { cpu: '1' } } }
    const previous = { metadata: { name: 'x', generation: 1 }, spec: { containers: [container], hostname: 'h' } }
    const next = {
      metadata: { name: 'x', generation: 1, labels: { a: 'b' } },
      spec: {
        containers: [{ ...container, image: 'two', resources: { limits: { cpu: '2' } } }],
        ephemeralContainers: [{ name: 'debug' }],
      },
    }
    const debugged = updated(pods, { previous, next, strategy: part(pods, 'ephemeralcontainers') })
    expect(debugged.metadata).toEqual({ name: 'x', generation: 2 })
    expect(debugged['spec']).toMatchObject({
      containers: [container],
      ephemeralContainers: [{ name: 'debug' }],
      hostname: 'h',
    })
    const resized = updated(pods, { previous, next, strategy: part(pods, 'resize') })
    const { spec } = decoded(pods, previous) as { spec?: JsonObject }
    const [kept] = listAt(spec, 'containers')
    expect(resized['spec']).toEqual({
      ...spec,
      containers: [{ ...objectAt(kept), resources: { limits: { cpu: '2' }, requests: { cpu: '2' } } }],
    })
    expect(resized.metadata.generation).toBe(2)
  })
})
