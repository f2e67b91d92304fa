import {
  deepEqual,
  type FieldError,
  fieldPath,
  immutableText,
  invalidValue,
  isDns1123Subdomain,
  isQualifiedName,
  type JsonValue,
  type KubeObject,
  nameIsDnsSubdomain,
  nameIsPathSegment,
  required,
  utf8Length,
} from '@fairlead/apimachinery'
import { at, isObject, numberAt, objectAt, stringAt } from '../../values/read.ts'
import type { KindRules } from '../strategy-rules.ts'

/** core/v1 asks little of events, so that old clients can go on. */
export const coreEventRules: KindRules = {
  validateName: nameIsPathSegment,
  validateCreate: (event) => commonErrors(event, 'reportingComponent'),
  validateUpdate: (event) => commonErrors(event, 'reportingComponent'),
}

/** events.k8s.io/v1 asks for everything that makes an event useful, and lets only its series change. */
export const eventRules: KindRules = {
  validateName: nameIsDnsSubdomain,
  validateCreate: (event) => [
    ...commonErrors(event, 'reportingController'),
    ...seriesErrors(event),
    ...newEventErrors(event),
  ],
  validateUpdate: (next, previous) => [
    ...commonErrors(next, 'reportingController'),
    ...(deepEqual(at(next, 'series'), at(previous, 'series')) ? [] : seriesErrors(next)),
    ...changeErrors(next, previous),
  ],
}

/** Events without an `eventTime` are of the time before there was one. */
function commonErrors(event: KubeObject, reporter: string): readonly FieldError[] {
  const { namespace = '' } = event.metadata
  return [
    ...(stringAt(event, 'eventTime') === ''
      ? namespaceErrors(event, stringAt(event, 'involvedObject', 'namespace') || 'default')
      : [
          ...(stringAt(event, 'involvedObject', 'namespace') === '' && namespace !== 'kube-system'
            ? namespaceErrors(event, 'default')
            : []),
          ...reporterErrors(event, reporter),
          ...textErrors(event),
        ]),
    ...isDns1123Subdomain(namespace).map((problem) => invalidValue(fieldPath('namespace'), namespace, problem)),
  ]
}

function namespaceErrors(event: KubeObject, expected: string): readonly FieldError[] {
  const { namespace = '' } = event.metadata
  const sent = stringAt(event, 'involvedObject', 'namespace')
  if (namespace === expected) return []
  return [invalidValue(fieldPath('involvedObject', 'namespace'), sent, 'does not match event.namespace')]
}

const shortLimit = 128
const noteLimit = 1024

function reporterErrors(event: KubeObject, field: string): readonly FieldError[] {
  const path = fieldPath(field)
  const reporter = stringAt(event, 'reportingComponent')
  return [
    ...(reporter === '' ? [required(path, '')] : []),
    ...isQualifiedName(reporter).map((problem) => invalidValue(path, reporter, problem)),
  ]
}

function textErrors(event: KubeObject): readonly FieldError[] {
  return [
    ...['reportingInstance', 'action', 'reason'].flatMap((field) => [
      ...(stringAt(event, field) === '' ? [required(fieldPath(field), '')] : []),
      ...lengthErrors(event, field, shortLimit),
    ]),
    ...lengthErrors(event, 'message', noteLimit),
  ]
}

function lengthErrors(event: KubeObject, field: string, limit: number): readonly FieldError[] {
  if (utf8Length(stringAt(event, field)) <= limit) return []
  return [invalidValue(fieldPath(field), '', `can have at most ${limit} characters`)]
}

function seriesErrors(event: KubeObject): readonly FieldError[] {
  if (at(event, 'series') === undefined) return []
  return [
    ...((numberAt(event, 'series', 'count') ?? 0) < 2
      ? [invalidValue(fieldPath('series.count'), '', 'should be at least 2')]
      : []),
    ...(stringAt(event, 'series', 'lastObservedTime') === ''
      ? [required(fieldPath('series.lastObservedTime'), '')]
      : []),
  ]
}

function newEventErrors(event: KubeObject): readonly FieldError[] {
  const type = stringAt(event, 'type')
  const isSet: readonly (readonly [string, boolean])[] = [
    ['firstTimestamp', stringAt(event, 'firstTimestamp') !== ''],
    ['lastTimestamp', stringAt(event, 'lastTimestamp') !== ''],
    ['count', (numberAt(event, 'count') ?? 0) !== 0],
    ['source', Object.keys(objectAt(event, 'source')).length > 0],
  ]
  return [
    ...(stringAt(event, 'eventTime') === '' ? [required(fieldPath('eventTime'), '')] : []),
    ...(type === 'Normal' || type === 'Warning'
      ? []
      : [invalidValue(fieldPath('type'), '', `has invalid value: ${type}`)]),
    ...isSet.filter(([, set]) => set).map(([field]) => invalidValue(fieldPath(field), '', 'needs to be unset')),
  ]
}

/** The fields that stay, in upstream's order: what they are called in the stored form, and in messages. */
const lasting: readonly (readonly [stored: string, shown?: string])[] = [
  ['involvedObject'],
  ['reason'],
  ['message'],
  ['source'],
  ['firstTimestamp'],
  ['lastTimestamp'],
  ['count'],
  ['reason'],
  ['type'],
  ['eventTime'],
  ['action'],
  ['related'],
  ['reportingComponent', 'reportingController'],
  ['reportingInstance'],
]

function changeErrors(next: KubeObject, previous: KubeObject): readonly FieldError[] {
  return lasting.flatMap(([field, shown = field]) => {
    if (deepEqual(at(next, field) ?? null, at(previous, field) ?? null)) return []
    return [invalidValue(fieldPath(shown), internalForm(field, at(next, field)), immutableText)]
  })
}

/** Upstream shows objects in its internal form, whose fields have no JSON names. */
function internalForm(field: string, value: JsonValue | undefined): JsonValue {
  if (!isObject(value)) return value ?? null
  const names = field === 'source' ? sourceFields : referenceFields
  return Object.fromEntries(names.map(([internal, field]) => [internal, stringAt(value, field)]))
}

const sourceFields = [
  ['Component', 'component'],
  ['Host', 'host'],
] as const
const referenceFields = [
  ['Kind', 'kind'],
  ['Namespace', 'namespace'],
  ['Name', 'name'],
  ['UID', 'uid'],
  ['APIVersion', 'apiVersion'],
  ['ResourceVersion', 'resourceVersion'],
  ['FieldPath', 'fieldPath'],
] as const
