import type { KubeObject } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import { timeText } from '../objects/time.ts'
import { EventCorrelator } from './correlator.ts'
import { type CoreEvent, type EventType, referenceTo } from './event.ts'
import { writeEvent } from './write-event.ts'

/** Tells people what a controller did to an object, as core/v1 Events. */
export interface EventRecorder {
  /** Returns at once; the event is written later, in order, or dropped when too many wait. */
  event(about: KubeObject, type: EventType, reason: string, message: string): void
  /** Resolves when everything recorded so far is written or given up. */
  flush(): Promise<void>
}

export interface EventRecorderOptions {
  readonly client: Client
  /** Who tells: `deployment-controller`. */
  readonly component: string
  readonly host?: string
  /** Ends tries and drops what waits. */
  readonly signal: AbortSignal
  /** Hears of events that could not be written. */
  readonly onError?: (error: unknown) => void
}

const maxPending = 1000

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, component, host, signal, onError } = options
  const { clock } = client.times
  const correlator = new EventCorrelator(clock)
  let pending = 0
  let lastName = 0n
  let writing: Promise<void> = Promise.resolve()

  async function write(event: CoreEvent): Promise<void> {
    try {
      if (signal.aborted) return
      const correlated = correlator.correlate(event)
      if (correlated !== undefined) await writeEvent(client, correlated, signal)
    } catch (error) {
      if (!signal.aborted) onError?.(error)
    } finally {
      pending -= 1
    }
  }

  /** Nanoseconds in hexadecimal, each time of its own. */
  function nameOf(about: KubeObject): string {
    const now = BigInt(Math.trunc(clock.now())) * 1_000_000n
    lastName = now > lastName ? now : lastName + 1n
    return `${about.metadata.name ?? ''}.${lastName.toString(16)}`
  }

  return {
    event(about, type, reason, message) {
      if (pending >= maxPending) {
        onError?.(new Error(`too many events wait; dropped ${reason} about ${about.metadata.name ?? ''}`))
        return
      }
      const involvedObject = referenceTo(about)
      const now = timeText(clock.now())
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
      pending += 1
      writing = writing.then(() => write(event))
    },
    flush: () => writing,
  }
}
