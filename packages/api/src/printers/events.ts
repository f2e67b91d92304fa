import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, numberAt, stringAt } from '../values/read.ts'
import { name, since } from './cells.ts'
import { cellPrinter, nameColumn, type PrinterTable, text, wideText } from './printer.ts'

const eventColumns = cellPrinter(
  [
    text('Last Seen', 'The time since the event was last seen.'),
    text('Type', 'Normal or Warning.'),
    text('Reason', 'Why the event was sent, in one word.'),
    text('Object', 'What the event is about.'),
    wideText('Subobject', 'The part of the object that the event is about.'),
    wideText('Source', 'Who sent the event.'),
    text('Message', 'What happened.'),
    wideText('First Seen', 'The time since the event was first seen.'),
    wideText('Count', 'How often the event was seen.'),
    { ...nameColumn, priority: 1 },
  ],
  printEvent,
)

/** Events of both groups; both are kept in core/v1 form. */
export const eventPrinters: PrinterTable = { Event: eventColumns, 'events.k8s.io/Event': eventColumns }

function printEvent(event: KubeObject, now: number): readonly JsonValue[] {
  const series = at(event, 'series')
  const firstSeen = since(at(event, 'firstTimestamp') ?? at(event, 'eventTime'), now)
  const lastTimestamp = at(event, 'lastTimestamp')
  const lastSeen = typeof lastTimestamp === 'string' ? since(lastTimestamp, now) : firstSeen
  const inSeries = isObject(series)
  return [
    inSeries ? since(at(series, 'lastObservedTime'), now) : lastSeen,
    stringAt(event, 'type'),
    stringAt(event, 'reason'),
    objectText(event),
    stringAt(event, 'involvedObject', 'fieldPath'),
    sourceText(event),
    stringAt(event, 'message').trim(),
    firstSeen,
    // Events of events.k8s.io that came once have no count.
    inSeries ? (numberAt(series, 'count') ?? 0) : numberAt(event, 'count') || 1,
    name(event),
  ]
}

function objectText(event: KubeObject): string {
  const kind = stringAt(event, 'involvedObject', 'kind').toLowerCase()
  const objectName = stringAt(event, 'involvedObject', 'name')
  return objectName === '' ? kind : `${kind}/${objectName}`
}

function sourceText(event: KubeObject): string {
  const component = stringAt(event, 'source', 'component') || stringAt(event, 'reportingComponent')
  const instance = stringAt(event, 'source', 'host') || stringAt(event, 'reportingInstance')
  return instance === '' ? component : `${component}, ${instance}`
}
