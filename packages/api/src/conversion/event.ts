import { deepCopy, type JsonObject, type JsonValue, type KubeObject } from '@fairlead/apimachinery'
import { isObject } from '../values/read.ts'

/** One field in both shapes: its core/v1 name, its events.k8s.io/v1 name, and how each shape shows a zero value. */
type FieldPair = readonly [core: string, events: string, zeroInCore?: JsonValue, zeroInEvents?: JsonValue]

/** In the field order of each shape (the first one is for core/v1). */
const coreOrder: readonly FieldPair[] = [
  ['involvedObject', 'regarding', {}, {}],
  ['reason', 'reason'],
  ['message', 'note'],
  ['source', 'deprecatedSource', {}, {}],
  ['firstTimestamp', 'deprecatedFirstTimestamp', null, null],
  ['lastTimestamp', 'deprecatedLastTimestamp', null, null],
  ['count', 'deprecatedCount'],
  ['type', 'type'],
  ['eventTime', 'eventTime', null, null],
  ['series', 'series'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingComponent', 'reportingController', ''],
  ['reportingInstance', 'reportingInstance', ''],
]

const eventsFieldNames = [
  'eventTime',
  'series',
  'reportingController',
  'reportingInstance',
  'action',
  'reason',
  'regarding',
  'related',
  'note',
  'type',
  'deprecatedSource',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'deprecatedCount',
] as const

/**
 * Converts an Event between `v1` and `events.k8s.io/v1`; an event that has `apiVersion` already is copied. The result
 * shares nothing with `event` and shows zero values the way `apiVersion` does.
 */
export function convertEvent(event: KubeObject, apiVersion: string): KubeObject {
  if (event.apiVersion === apiVersion) return deepCopy(event)
  const toEvents = apiVersion === 'events.k8s.io/v1'
  const result: KubeObject = { kind: 'Event', apiVersion, metadata: deepCopy(event.metadata) }
  if (toEvents) {
    for (const name of eventsFieldNames) {
      const pair = coreOrder.find(([, events]) => events === name)
      if (pair !== undefined) carry(event, pair[0], result, { name, zero: pair[3] })
    }
  } else {
    for (const [name, from, zero] of coreOrder) carry(event, from, result, { name, zero })
  }
  fixSeriesCount(result, toEvents)
  return result
}

function carry(
  from: JsonObject,
  fromName: string,
  to: JsonObject,
  target: { readonly name: string; readonly zero: JsonValue | undefined },
): void {
  const value = from[fromName]
  const missing = value === undefined || value === null || value === '' || value === 0
  if (!missing) to[target.name] = deepCopy(value)
  else if (target.zero !== undefined) to[target.name] = deepCopy(target.zero)
}

/** events.k8s.io/v1 always writes the count of a series, core/v1 leaves a zero out. */
function fixSeriesCount(event: KubeObject, always: boolean): void {
  const series = event['series']
  if (!isObject(series)) return
  if (always) event['series'] = { count: 0, ...series }
  else if (series['count'] === 0) delete series['count']
}
