import { isReason, StatusError } from '@fairlead/apimachinery'
import { type Client, sleep } from '@fairlead/client'
import type { Correlated } from './correlator.ts'
import type { CoreEvent } from './event.ts'

const tries = 12
const between = 10_000

/**
 * Writes an event. A server that refuses it is not asked again (the namespace is going away, say); one that cannot be
 * reached is, for two minutes. Throws what ended it.
 */
export async function writeEvent(client: Client, correlated: Correlated, signal: AbortSignal): Promise<void> {
  let wait = between * client.times.random()
  for (let left = tries; ; wait = between) {
    try {
      correlated.written(await writeOnce(client, correlated, signal))
      return
    } catch (error) {
      left -= 1
      if (error instanceof StatusError || left === 0 || signal.aborted) throw error
    }
    // The first wait is drawn, so that recorders do not all come back together to a server that has started.
    await sleep(client.times.clock, wait, signal)
  }
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
