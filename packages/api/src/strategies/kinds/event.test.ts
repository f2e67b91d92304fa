import { fieldErrorMessage, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { convertEvent } from '../../conversion/event.ts'
import { context, decoded, resource } from '../testing/built-in.ts'

const core = resource('', 'events')
const events = resource('events.k8s.io', 'events')
const at = '2026-01-02T03:04:05.000000Z'

/** An event in stored form. */
function coreEvent(fields: JsonObject, namespace = 'a'): KubeObject {
  const involvedObject = { kind: 'Pod', name: 'p', namespace: 'a' }
  return decoded(core, { metadata: { name: 'x', namespace, uid: 'u' }, involvedObject, ...fields })
}
const good: JsonObject = {
  eventTime: at,
  reportingController: 'example.com/c',
  reportingInstance: 'c-1',
  action: 'Doing',
  reason: 'Did',
  type: 'Normal',
  regarding: { kind: 'Pod', name: 'p', namespace: 'a' },
}
/** What a body of events.k8s.io/v1 becomes in stored form. */
function newEvent(fields: JsonObject, namespace = 'a'): KubeObject {
  const sent = { kind: 'Event', apiVersion: 'events.k8s.io/v1', metadata: { name: 'x', namespace, uid: 'u' } }
  return convertEvent({ ...sent, ...good, ...fields }, 'v1')
}
const mismatch = (namespace: string) =>
  `involvedObject.namespace: Invalid value: "${namespace}": does not match event.namespace`
const long = (length: number) => 'n'.repeat(length)

describe('an event of core/v1', () => {
  const problems = (event: KubeObject) => core.strategy.validateCreate(event, context).map(fieldErrorMessage)

  it.each<[string, JsonObject, string?]>([
    ['little', {}],
    ['no type and any length of text', { message: long(2000), reason: long(200) }],
    ['an object outside of namespaces', { involvedObject: { kind: 'Node', name: 'n' } }, 'default'],
    [
      'everything new',
      { eventTime: at, reportingComponent: 'c', reportingInstance: 'c-1', action: 'Doing', reason: 'Did' },
    ],
    [
      'an object outside of namespaces, told in kube-system',
      {
        eventTime: at,
        reportingComponent: 'c',
        reportingInstance: 'c-1',
        action: 'Doing',
        reason: 'Did',
        involvedObject: { kind: 'Node', name: 'n' },
      },
      'kube-system',
    ],
  ])('with %s is valid', (_what, fields, namespace) => {
    expect(problems(coreEvent(fields, namespace))).toEqual([])
  })

  it.each<[string, JsonObject, string, readonly string[]]>([
    ['another namespace', {}, 'b', [mismatch('a')]],
    ['an object outside of namespaces', { involvedObject: { kind: 'Node', name: 'n' } }, 'b', [mismatch('')]],
    [
      'a time and nothing else',
      { eventTime: at },
      'a',
      [
        'reportingComponent: Required value',
        'reportingComponent: Invalid value: "": name part must be non-empty',
        expect.stringMatching(/^reportingComponent: Invalid value: "": name part must consist of/),
        'reportingInstance: Required value',
        'action: Required value',
        'reason: Required value',
      ],
    ],
  ])('with %s is refused', (_what, fields, namespace, expected) => {
    expect(problems(coreEvent(fields, namespace))).toEqual(expected)
  })

  it('may change in every way', () => {
    const next = coreEvent({ reason: 'Other', message: 'other', count: 2 })
    expect(core.strategy.validateUpdate(next, coreEvent({ reason: 'Did' }), context)).toEqual([])
  })
})

describe('an event of events.k8s.io/v1', () => {
  const problems = (event: KubeObject) => events.strategy.validateCreate(event, context).map(fieldErrorMessage)

  it.each<[string, JsonObject, string?]>([
    ['everything', { note: long(1024), series: { count: 2, lastObservedTime: at } }],
    ['an object of another namespace', {}, 'b'],
    ['an object outside of namespaces', { regarding: { kind: 'Node', name: 'n' } }, 'default'],
  ])('with %s is valid', (_what, fields, namespace) => {
    expect(problems(newEvent(fields, namespace))).toEqual([])
  })

  it.each<[string, JsonObject, readonly string[], string?]>([
    ['no time', { eventTime: null }, ['eventTime: Required value']],
    ['no action', { action: '' }, ['action: Required value']],
    [
      'long texts',
      { action: long(129), reason: long(129), reportingInstance: long(129), note: long(1025) },
      [
        'reportingInstance: Invalid value: "": can have at most 128 characters',
        'action: Invalid value: "": can have at most 128 characters',
        'reason: Invalid value: "": can have at most 128 characters',
        'message: Invalid value: "": can have at most 1024 characters',
      ],
    ],
    [
      'a note of many bytes',
      { note: 'ä'.repeat(600) },
      ['message: Invalid value: "": can have at most 1024 characters'],
    ],
    [
      'a controller without a good name',
      { reportingController: 'a/b/c' },
      [expect.stringMatching(/^reportingController: Invalid value: "a\/b\/c": a valid label key must consist/)],
    ],
    ['another type', { type: 'Odd' }, ['type: Invalid value: "": has invalid value: Odd']],
    [
      'a series of one',
      { series: { count: 1, lastObservedTime: null } },
      ['series.count: Invalid value: "": should be at least 2', 'series.lastObservedTime: Required value'],
    ],
    [
      'what only core/v1 has',
      {
        deprecatedCount: 1,
        deprecatedFirstTimestamp: '2026-01-02T03:04:05Z',
        deprecatedLastTimestamp: '2026-01-02T03:04:05Z',
        deprecatedSource: { component: 'c' },
      },
      ['firstTimestamp', 'lastTimestamp', 'count', 'source'].map(
        (field) => `${field}: Invalid value: "": needs to be unset`,
      ),
    ],
    ['an object outside of namespaces', { regarding: { kind: 'Node', name: 'n' } }, [mismatch('')], 'b'],
  ])('with %s is refused', (_what, fields, expected, namespace) => {
    expect(problems(newEvent(fields, namespace))).toEqual(expected)
  })

  const changeProblems = (next: JsonObject, previous: JsonObject) =>
    events.strategy.validateUpdate(newEvent(next), newEvent(previous), context).map(fieldErrorMessage)

  it.each<[string, JsonObject, JsonObject]>([
    ['nothing', {}, {}],
    ['its series', { series: { count: 3, lastObservedTime: at } }, {}],
    ['labels', { metadata: { name: 'x', namespace: 'a', labels: { a: 'b' } } }, {}],
    ['nothing of a bad series', { series: { count: 0 } }, { series: { count: 0 } }],
  ])('may change %s', (_what, next, previous) => {
    expect(changeProblems(next, previous)).toEqual([])
  })

  it.each<[string, JsonObject, readonly string[]]>([
    ['note', { note: 'other' }, ['message: Invalid value: "other": field is immutable']],
    [
      'reason',
      { reason: 'Other' },
      ['reason: Invalid value: "Other": field is immutable', 'reason: Invalid value: "Other": field is immutable'],
    ],
    ['type', { type: 'Warning' }, ['type: Invalid value: "Warning": field is immutable']],
    ['action', { action: 'Other' }, ['action: Invalid value: "Other": field is immutable']],
    [
      'eventTime',
      { eventTime: '2026-01-02T03:04:06.000000Z' },
      ['eventTime: Invalid value: "2026-01-02T03:04:06.000000Z": field is immutable'],
    ],
    [
      'reportingController',
      { reportingController: 'd' },
      ['reportingController: Invalid value: "d": field is immutable'],
    ],
    ['deprecatedCount', { deprecatedCount: 2 }, ['count: Invalid value: 2: field is immutable']],
    [
      'deprecatedSource',
      { deprecatedSource: { component: 'c' } },
      ['source: Invalid value: {"Component":"c","Host":""}: field is immutable'],
    ],
    [
      'related',
      { related: { kind: 'Node', name: 'n' } },
      [
        'related: Invalid value: {"Kind":"Node","Namespace":"","Name":"n","UID":"","APIVersion":"","ResourceVersion":"","FieldPath":""}: field is immutable',
      ],
    ],
    [
      'series to a bad one',
      { series: { count: 1, lastObservedTime: at } },
      ['series.count: Invalid value: "": should be at least 2'],
    ],
  ])('may not change %s', (_what, next, expected) => {
    expect(changeProblems(next, {})).toEqual(expected)
  })
})
