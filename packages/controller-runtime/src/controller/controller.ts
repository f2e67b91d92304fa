import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, type ObjectKey, sleep, type Store } from '@fairlead/client'
import { createManager } from '../manager/manager.ts'
import { registerQueueMetrics } from '../metrics/queue-metrics.ts'
import { registerReconcileMetrics } from '../metrics/reconcile-metrics.ts'
import { createWorkQueue } from '../queue/work-queue.ts'
import type { ControllerOptions } from './controller-options.ts'
import { feedQueue, informerOf } from './feed-queue.ts'
import { runWorker } from './reconcile-loop.ts'
import type { ControllerRuntime, Runnable } from './runtime.ts'

/** Keeps the objects of one resource reconciled. */
export interface Controller extends Runnable {
  /**
   * Runs by itself on a client, or with the informers of a runtime (a manager) that runs them. Resolves when the signal is
   * aborted and the reconciles that had begun have ended.
   */
  run(target: Client | ControllerRuntime, signal: AbortSignal): Promise<void>
}

export function controller<T extends KubeObject = KubeObject>(options: ControllerOptions<T>): Controller {
  const name = options.name ?? options.for.resource
  const self: Controller = {
    name,
    start: (runtime, signal) => runController(name, options, runtime, signal),
    run(target, signal) {
      if ('informers' in target) return self.start(target, signal)
      const manager = createManager({ client: target })
      manager.add(self)
      return manager.run(signal)
    },
  }
  return self
}

async function runController<T extends KubeObject>(
  name: string,
  options: ControllerOptions<T>,
  runtime: ControllerRuntime,
  signal: AbortSignal,
): Promise<void> {
  const { client, informers } = runtime
  const { clock } = client.times
  const { rateLimiter } = options
  const concurrency = options.concurrency ?? 1
  const reconciles = registerReconcileMetrics(runtime.metrics, name, concurrency, clock)
  const metrics = registerQueueMetrics(runtime.metrics, name)
  const queue = createWorkQueue<ObjectKey>({ clock, metrics, ...(rateLimiter === undefined ? {} : { rateLimiter }) })
  const registrations = feedQueue(options, runtime, queue)
  const { store } = informerOf(runtime, options.for)
  const stopResyncs = options.resyncOn?.(() => {
    for (const key of store.keys()) queue.add(key, 'low')
  })
  const stop = (): void => queue.shutDown()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const synced = Promise.all(registrations.map((registration) => registration.synced(signal)))
    if (!(await inTime(synced))) throw new Error(`failed to wait for ${name} caches to sync: timed out`)
    const context = { client, store: store as Store<KubeObject> as Store<T>, informers, signal }
    const loop = {
      queue,
      signal,
      reconcile: async (request: { namespace: string; name: string }) =>
        (await options.reconcile(request, context)) ?? undefined,
      begun: () => reconciles.begun(),
      onError: (error: unknown, key: ObjectKey, isTerminal: boolean) => {
        reconciles.failed(isTerminal)
        runtime.onError(error, `${name} ${key}`)
      },
    }
    await Promise.all(Array.from({ length: concurrency }, () => runWorker(loop)))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    stopResyncs?.()
    queue.shutDown()
    for (const registration of registrations) registration.remove()
  }

  async function inTime(synced: Promise<unknown>): Promise<boolean> {
    const ending = new AbortController()
    const timeout = sleep(clock, options.cacheSyncTimeout ?? 120_000, ending.signal).then(
      () => false,
      () => false,
    )
    try {
      return await Promise.race([synced.then(() => true), timeout])
    } finally {
      ending.abort()
    }
  }
}
