import { type JsonObject, type KubeObject, utf8Length } from '@fairlead/apimachinery'
import type { ObjectReference } from './event.ts'

/** events.k8s.io/v1 Event, as recorders write it. */
export interface SeriesEvent extends KubeObject {
  eventTime: string
  series?: EventSeries
  reportingController: string
  reportingInstance: string
  /** What was done, or was tried in vain: `Binding`. */
  action: string
  /** Why: `FailedScheduling`. */
  reason: string
  regarding: ObjectReference
  related?: ObjectReference
  note: string
  type: string
}

/** What has happened again. */
export interface EventSeries extends JsonObject {
  count: number
  lastObservedTime: string
}

const noteLimit = 1024
const ellipsis = ' ...'

/** A note that the server takes: of at most 1024 bytes, cut between characters. */
export function shortNote(note: string): string {
  if (utf8Length(note) <= noteLimit) return note
  let room = noteLimit - ellipsis.length
  let kept = ''
  for (const character of note) {
    room -= utf8Length(character)
    if (room < 0) break
    kept += character
  }
  return `${kept}${ellipsis}`
}
