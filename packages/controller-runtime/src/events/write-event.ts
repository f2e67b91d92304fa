import { isReason } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import type { Correlated } from './correlator.ts'
import type { CoreEvent } from './event.ts'
import { retryWrite } from './retry-write.ts'

/** Writes an event, or the count of one that is there. Throws what ended the tries. */
export async function writeEvent(client: Client, correlated: Correlated, signal: AbortSignal): Promise<void> {
  correlated.written(await retryWrite(() => writeOnce(client, correlated, signal), { client, signal }))
}

async function writeOnce(client: Client, { event, isKnown }: Correlated, signal: AbortSignal): Promise<CoreEvent> {
  const events = client.resource<CoreEvent>('v1', 'events').namespace(event.metadata.namespace ?? '')
  const { name = '', resourceVersion: _, ...metadata } = event.metadata
  if (isKnown) {
    const { count, message, firstTimestamp, lastTimestamp } = event
    try {
      const patch = { count, message, firstTimestamp, lastTimestamp }
      return await events.patch(name, patch, { type: 'strategic', signal })
    } catch (error) {
      // It has expired, or was never written.
      if (!isReason(error, 'NotFound')) throw error
    }
  }
  return await events.create({ ...event, metadata: { ...metadata, name } }, { signal })
}
