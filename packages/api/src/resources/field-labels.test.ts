import type { KubeObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { fieldLabels } from './field-labels.ts'
import { selectableFields } from './selectable-fields.ts'

const label = (group: string, version: string, kind: string) => fieldLabels({ group, version, kind })

describe('fieldLabels', () => {
  it.each([
    ['', 'v1', 'Pod', 'spec.nodeName', 'spec.nodeName'],
    ['', 'v1', 'Pod', 'spec.host', 'spec.nodeName'],
    ['', 'v1', 'Pod', 'metadata.namespace', 'metadata.namespace'],
    ['', 'v1', 'Node', 'spec.unschedulable', 'spec.unschedulable'],
    ['', 'v1', 'Secret', 'type', 'type'],
    ['', 'v1', 'Event', 'involvedObject.uid', 'involvedObject.uid'],
    ['events.k8s.io', 'v1', 'Event', 'regarding.uid', 'involvedObject.uid'],
    ['events.k8s.io', 'v1', 'Event', 'reportingController', 'reportingComponent'],
    ['batch', 'v1', 'Job', 'status.successful', 'status.successful'],
    ['resource.k8s.io', 'v1', 'ResourceSlice', 'spec.driver', 'spec.driver'],
    ['', 'v1', 'ConfigMap', 'metadata.name', 'metadata.name'],
  ])('%s %s %s: %s means %s', (group, version, kind, text, key) => {
    expect(label(group, version, kind)(text)).toBe(key)
  })

  it.each([
    ['', 'v1', 'Pod', 'spec.nope', 'field label not supported: spec.nope'],
    ['', 'v1', 'Node', 'metadata.namespace', 'field label not supported: metadata.namespace'],
    ['', 'v1', 'Namespace', 'metadata.namespace', 'field label not supported: metadata.namespace'],
    ['events.k8s.io', 'v1', 'Event', 'involvedObject.uid', 'field label not supported: involvedObject.uid'],
    ['batch', 'v1', 'Job', 'spec.x', 'field label "spec.x" not supported for Job'],
    [
      'resource.k8s.io',
      'v1beta1',
      'ResourceSlice',
      'metadata.namespace',
      'field label not supported for resource.k8s.io/v1beta1, Kind=ResourceSlice: metadata.namespace',
    ],
    [
      '',
      'v1',
      'ConfigMap',
      'data.x',
      '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [
      'apps',
      'v1',
      'ReplicaSet',
      'status.replicas',
      '"status.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
  ])('%s %s %s: %s is refused', (group, version, kind, text, message) => {
    expect(() => label(group, version, kind)(text)).toThrow(expect.objectContaining({ code: 400, message }))
  })
})

describe('selectableFields', () => {
  const object = (rest: Record<string, unknown>) =>
    ({ kind: 'X', apiVersion: 'v1', metadata: { name: 'a' }, ...rest }) as unknown as KubeObject

  it('reads pods', () => {
    const pod = object({
      spec: { nodeName: 'n', hostNetwork: true },
      status: { phase: 'Running', podIPs: [{ ip: '::1' }] },
    })
    expect(selectableFields('', 'Pod')(pod)).toEqual({
      'spec.nodeName': 'n',
      'spec.restartPolicy': '',
      'spec.schedulerName': '',
      'spec.serviceAccountName': '',
      'spec.hostNetwork': 'true',
      'status.phase': 'Running',
      'status.podIP': '::1',
      'status.nominatedNodeName': '',
    })
  })

  it('falls back to the reporter for the source of an event', () => {
    const fields = selectableFields('events.k8s.io', 'Event')
    expect(fields(object({ reportingComponent: 'c' }))).toMatchObject({ source: 'c', reportingComponent: 'c' })
    expect(fields(object({ source: { component: 's' } }))).toMatchObject({ source: 's', reportingComponent: '' })
  })

  it('prints numbers and flags', () => {
    expect(selectableFields('', 'Node')(object({}))).toEqual({ 'spec.unschedulable': 'false' })
    expect(selectableFields('batch', 'Job')(object({ status: { succeeded: 2 } }))).toEqual({ 'status.successful': '2' })
    expect(selectableFields('', 'ConfigMap')(object({}))).toEqual({})
  })
})
