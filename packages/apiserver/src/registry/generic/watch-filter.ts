import type { WatchEvent } from '../rest/capabilities.ts'
import type { ObjectEvent } from './object-event.ts'
import type { RequestedRevision } from './resource-version.ts'
import type { Selection } from './selection.ts'
import type { KeptObject } from './stored-object.ts'

/** What a watcher sees of changes; changes up to and including `after` are behind it. */
export function watchFilter(
  selection: Selection,
  after: RequestedRevision,
): (events: readonly ObjectEvent[]) => readonly WatchEvent[] {
  const { matches } = selection
  if (matches === undefined) {
    return (events) => events.flatMap((event) => (event.revision > after ? [event.plain] : []))
  }
  const selects = (object: KeptObject | undefined): boolean => object !== undefined && matches(object)
  return (events) =>
    events.flatMap((event) => {
      const seen = event.revision > after ? transition(event, selects) : undefined
      return seen === undefined ? [] : [seen]
    })
}

/** An object that enters or leaves the selection comes or goes as far as this watcher can tell. */
function transition(event: ObjectEvent, selects: (object: KeptObject | undefined) => boolean): WatchEvent | undefined {
  const now = selects(event.current)
  const before = selects(event.previous)
  if (now) return before ? event.plain : event.added
  return before ? event.deleted : undefined
}
