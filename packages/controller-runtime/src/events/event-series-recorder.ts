import { isReason, type KubeObject } from '@fairlead/apimachinery'
import { type Client, sleep } from '@fairlead/client'
import { microTimeText } from '../objects/time.ts'
import { type EventType, referenceTo } from './event.ts'
import { eventNames } from './event-names.ts'
import { createEventQueue, type EventQueue, type EventQueueOptions } from './event-queue.ts'
import { retryWrite } from './retry-write.ts'
import { SeriesCache, seriesGap } from './series-cache.ts'
import { type SeriesEvent, shortNote } from './series-event.ts'

/** What has happened to an object. */
export interface Happening {
  readonly type: EventType
  /** Why, in one word: `FailedScheduling`. */
  readonly reason: string
  /** What was done, in one word: `Scheduling`. */
  readonly action: string
  /** For people. Cut at 1024 bytes. */
  readonly note: string
  /** Another object that takes part. */
  readonly related?: KubeObject
}

/** Tells people what a controller did to an object, as events.k8s.io/v1 Events, which become series when they repeat. */
export interface EventSeriesRecorder extends Pick<EventQueue, 'flush'> {
  /** Returns at once; the event is written later, in order, or dropped when too many wait. */
  event(regarding: KubeObject, happening: Happening): void
}

export interface EventSeriesRecorderOptions extends EventQueueOptions {
  readonly client: Client
  /** Who tells: `example.com/backup-controller`. */
  readonly controller: string
  /** Which process of the controller; its name unless told. */
  readonly instance?: string
}

/** Refreshed, so that events of series that go on are not taken for old ones and deleted. */
const refreshInterval = 1_800_000

/**
 * Equal events (but for their notes) within six minutes are one with a series, of which the first note stays. Its count is
 * written with the second one, every half an hour, and when nothing has happened any more for six minutes.
 */
export function createEventSeriesRecorder(options: EventSeriesRecorderOptions): EventSeriesRecorder {
  const { client, controller, instance = controller, signal } = options
  const { clock } = client.times
  const cache = new SeriesCache(clock)
  const queue = createEventQueue(options)
  const nameOf = eventNames(client.times)

  const write = (event: SeriesEvent): void =>
    queue.add(`${event.reason} about ${event.regarding.name}`, () => writeSeriesEvent(client, event, signal))
  const writeAll = (events: readonly SeriesEvent[]): void => events.forEach(write)
  void every(refreshInterval, () => writeAll(cache.series()))
  void every(seriesGap, () => writeAll(cache.takeEnded()))

  async function every(interval: number, task: () => void): Promise<void> {
    try {
      for (;;) {
        await sleep(clock, interval, signal)
        task()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  return {
    event(about, { type, reason, action, note, related }) {
      const regarding = referenceTo(about)
      const event = cache.observe({
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: nameOf(about), namespace: regarding.namespace ?? 'default' },
        eventTime: microTimeText(clock.now()),
        reportingController: controller,
        reportingInstance: instance,
        action,
        reason,
        regarding,
        ...(related === undefined ? {} : { related: referenceTo(related) }),
        note: shortNote(note),
        type,
      })
      if (event !== undefined) write(event)
    },
    flush: queue.flush,
  }
}

async function writeSeriesEvent(client: Client, event: SeriesEvent, signal: AbortSignal): Promise<void> {
  const { series, metadata } = event
  const events = client.resource<SeriesEvent>('events.k8s.io/v1', 'events').namespace(metadata.namespace ?? '')
  const isThere = (error: unknown): boolean => isReason(error, 'AlreadyExists')
  const writeOnce = async (): Promise<void> => {
    if (series === undefined) {
      await events.create(event, { signal }).catch((error: unknown) => {
        // Written by a try whose answer was lost.
        if (!isThere(error)) throw error
      })
      return
    }
    try {
      await events.patch(metadata.name ?? '', { series }, { type: 'strategic', signal })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
      // It has expired, or was never written.
      await events.create(event, { signal })
    }
  }
  await retryWrite(writeOnce, { client, signal, mayRetry: isThere })
}
