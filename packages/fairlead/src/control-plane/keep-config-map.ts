import type { Clock } from '@fairlead/apimachinery'
import type { InProcessTransport } from '@fairlead/apiserver'
import type { LoopbackCall } from '../bootstrap/loopback-call.ts'
import type { Logger } from '../logging/logger.ts'

/** What this server keeps objects with, as its own identity. */
export interface KeeperTools {
  readonly call: LoopbackCall
  readonly transport: InProcessTransport
  readonly clock: Clock
  readonly logger: Logger
}

/** A ConfigMap of kube-system that is kept as it should be. */
export interface KeptConfigMap {
  /** For when something else has changed that it follows from. A failure is logged, and made up for when the watch begins anew. */
  syncSoon(): void
  stop(): Promise<void>
}

/** ConfigMaps of kube-system. */
export const configMapsPath = '/api/v1/namespaces/kube-system/configmaps'

const retryDelay = 1000
const recheckInterval = 60_000

/** Runs `sync` now, and again after every change of the ConfigMap, one at a time. Rejects when the first one fails. */
export async function keepConfigMap(
  name: string,
  syncOnce: () => Promise<void>,
  tools: KeeperTools,
): Promise<KeptConfigMap> {
  const { clock, logger } = tools
  const stopping = new AbortController()
  let turn: Promise<unknown> = Promise.resolve()
  const sync = (): Promise<void> => {
    const next = turn.then(syncOnce)
    turn = next.catch(() => undefined)
    return next
  }
  await sync()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await follow(name, sync, tools, stopping.signal)
      } catch (error) {
        if (stopping.signal.aborted) return
        logger.warn({ err: error }, `cannot keep configmaps/${name}`)
        await pause(clock, retryDelay, stopping.signal)
      }
    }
  })()
  return {
    syncSoon() {
      sync().catch((error: unknown) => logger.warn({ err: error }, `cannot write configmaps/${name}`))
    },
    async stop() {
      stopping.abort()
      await running
      await turn
    },
  }
}

/** Puts the ConfigMap right after each change of it, until the watch ends. */
async function follow(
  name: string,
  sync: () => Promise<void>,
  { transport }: KeeperTools,
  signal: AbortSignal,
): Promise<void> {
  const query = `watch=true&fieldSelector=metadata.name%3D${name}&timeoutSeconds=${recheckInterval / 1000}`
  const response = await transport({ method: 'GET', path: `${configMapsPath}?${query}`, signal })
  if (response.status !== 200) throw new Error(`watch of ${name}: ${response.status} ${await response.text()}`)
  await sync()
  // One chunk may hold several events; that something has changed is all there is to know.
  for await (const chunk of response.body) if (chunk.length > 0) await sync()
}

async function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(delay, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  })
}
