import { formatTimestamp, type KubeObject } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import { EventCorrelator } from './correlator.ts'
import { type CoreEvent, type EventType, referenceTo } from './event.ts'
import { eventNames } from './event-names.ts'
import { createEventQueue, type EventQueue, type EventQueueOptions } from './event-queue.ts'
import { writeEvent } from './write-event.ts'

/** Tells people what a controller did to an object, as core/v1 Events. */
export interface EventRecorder extends Pick<EventQueue, 'flush'> {
  /** Returns at once; the event is written later, in order, or dropped when too many wait. */
  event(about: KubeObject, type: EventType, reason: string, message: string): void
}

export interface EventRecorderOptions extends EventQueueOptions {
  readonly client: Client
  /** Who tells: `deployment-controller`. */
  readonly component: string
  readonly host?: string
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, component, host, signal } = options
  const { clock } = client.times
  const correlator = new EventCorrelator(clock)
  const queue = createEventQueue(options)
  const nameOf = eventNames(client.times)
  return {
    event(about, type, reason, message) {
      const involvedObject = referenceTo(about)
      const now = formatTimestamp(clock.now())
      const event: CoreEvent = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: nameOf(about), namespace: involvedObject.namespace ?? 'default' },
        involvedObject,
        reason,
        message,
        type,
        source: { component, ...(host === undefined ? {} : { host }) },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        reportingComponent: component,
        reportingInstance: host ?? '',
      }
      queue.add(`${reason} about ${about.metadata.name ?? ''}`, async () => {
        const correlated = correlator.correlate(event)
        if (correlated !== undefined) await writeEvent(client, correlated, signal)
      })
    },
    flush: queue.flush,
  }
}
