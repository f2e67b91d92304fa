import type { WatchEvent } from '../../registry/rest/capabilities.ts'

/** The events of one watch that have not been written yet. */
export interface EventQueue {
  /** Takes events in order, from the registry, at any time. */
  push(events: readonly WatchEvent[]): void
  /** No more events will come: an ERROR was pushed, the source ended, or `end` was called. */
  readonly ended: boolean
  /** The client did not keep up, and events are lost to it: the watch must be broken off. */
  readonly overflowed: boolean
  /** Ends the queue; what waits is still given out, unless `drop` is set. */
  end(options?: { readonly drop: boolean }): void
  /** The next event; undefined when none waits. */
  shift(): WatchEvent | undefined
  /** Calls `listener` whenever events come or the queue ends, and once at the beginning. One listener at a time. */
  listen(listener: () => void): void
}

/**
 * A queue whose changes may hold `limit` bytes of objects. Beyond that `onOverflow` is called once and the queue ends
 * without what waits. The initial state of a watch, which is in memory anyway, does not count.
 */
export function createEventQueue(limit: number, onOverflow: () => void): EventQueue {
  let waiting: WatchEvent[] = []
  let at = 0
  let bytes = 0
  let ended = false
  let overflowed = false
  let listener: (() => void) | undefined

  const queue: EventQueue = {
    get ended() {
      return ended
    },
    get overflowed() {
      return overflowed
    },
    push(events) {
      if (ended) return
      for (const event of events) {
        waiting.push(event)
        bytes += weight(event)
        if (event.type === 'ERROR') ended = true
        if (ended) break
      }
      if (bytes > limit) {
        overflowed = true
        queue.end({ drop: true })
        onOverflow()
        return
      }
      listener?.()
    },
    end({ drop } = { drop: false }) {
      ended = true
      if (drop) {
        waiting = []
        at = 0
        bytes = 0
      }
      listener?.()
    },
    shift() {
      const event = waiting[at]
      if (event === undefined) return undefined
      at += 1
      bytes -= weight(event)
      if (at === waiting.length) {
        waiting = []
        at = 0
      }
      return event
    },
    listen(added) {
      listener = added
      added()
    },
  }
  return queue
}

function weight(event: WatchEvent): number {
  if (event.type === 'BOOKMARK' || event.type === 'ERROR') return 0
  return event.source === undefined ? 0 : event.object.bytes.length
}
