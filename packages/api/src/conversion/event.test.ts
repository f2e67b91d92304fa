import type { KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { convertEvent } from './event.ts'

const core: KubeObject = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name: 'web.1', namespace: 'a', uid: 'u', resourceVersion: '7' },
  involvedObject: { kind: 'Pod', namespace: 'a', name: 'web', fieldPath: 'spec.containers{c}' },
  reason: 'Pulled',
  message: 'image pulled',
  source: { component: 'kubelet', host: 'n1' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:01:00Z',
  count: 3,
  type: 'Normal',
  eventTime: null,
  series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' },
  action: 'Pulling',
  related: { kind: 'Node', name: 'n1' },
  reportingComponent: 'kubelet',
  reportingInstance: 'n1',
}

const events: KubeObject = {
  kind: 'Event',
  apiVersion: 'events.k8s.io/v1',
  metadata: { name: 'web.1', namespace: 'a', uid: 'u', resourceVersion: '7' },
  eventTime: null,
  series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' },
  reportingController: 'kubelet',
  reportingInstance: 'n1',
  action: 'Pulling',
  reason: 'Pulled',
  regarding: { kind: 'Pod', namespace: 'a', name: 'web', fieldPath: 'spec.containers{c}' },
  related: { kind: 'Node', name: 'n1' },
  note: 'image pulled',
  type: 'Normal',
  deprecatedSource: { component: 'kubelet', host: 'n1' },
  deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
  deprecatedLastTimestamp: '2026-01-01T00:01:00Z',
  deprecatedCount: 3,
}

describe('convertEvent', () => {
  test('every field travels, in the order of the target', () => {
    expect(JSON.stringify(convertEvent(core, 'events.k8s.io/v1'))).toBe(JSON.stringify(events))
    expect(JSON.stringify(convertEvent(events, 'v1'))).toBe(JSON.stringify(core))
  })

  test('a bare event shows the zero values of each version', () => {
    const bare: KubeObject = {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name: 'x' },
      count: 0,
      series: { lastObservedTime: null },
    }
    expect(convertEvent(bare, 'events.k8s.io/v1')).toEqual({
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      metadata: { name: 'x' },
      eventTime: null,
      series: { count: 0, lastObservedTime: null },
      regarding: {},
      deprecatedSource: {},
      deprecatedFirstTimestamp: null,
      deprecatedLastTimestamp: null,
    })
    const back = convertEvent(convertEvent(bare, 'events.k8s.io/v1'), 'v1')
    expect(back).toEqual({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name: 'x' },
      involvedObject: {},
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: null,
      series: { lastObservedTime: null },
      reportingComponent: '',
      reportingInstance: '',
    })
  })

  test('the result shares nothing with its source', () => {
    for (const apiVersion of ['v1', 'events.k8s.io/v1']) {
      const copy = convertEvent(core, apiVersion)
      expect(copy.metadata).not.toBe(core.metadata)
      expect(copy['related']).not.toBe(core['related'])
    }
  })
})
