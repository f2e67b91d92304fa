import { type Client, createInformers, type Informers, type InformersOptions, sleep } from '@fairlead/client'
import type { ControllerRuntime, Runnable } from '../controller/runtime.ts'
import { createMetricsRegistry, type MetricsRegistry } from '../metrics/registry.ts'
import type { LeaderElectionOptions } from '../leader-election/election-options.ts'
import { runWithLeaderElection } from '../leader-election/leader-election.ts'

/** Runs several controllers over shared informers. */
export interface Manager extends ControllerRuntime {
  /** Adds a controller, before or while running. */
  add(runnable: Runnable): void
  /**
   * Runs until the signal is aborted, or one of the controllers fails, which stops all. Ends in order: the controllers end
   * what they have begun, then the informers stop. Rejects with what failed. Can be called once.
   */
  run(signal: AbortSignal): Promise<void>
}

export interface ManagerOptions extends Pick<InformersOptions, 'transform' | 'freeze' | 'useWatchList'> {
  readonly client: Client
  /** Controllers run only while this process holds the lease. Losing it makes `run` reject with a LeadershipLostError. */
  readonly leaderElection?: Omit<LeaderElectionOptions, 'client' | 'onError'>
  /** Hears of what failed and is tried again. */
  readonly onError?: (error: unknown, about: string) => void
  /** A registry of its own unless told. */
  readonly metrics?: MetricsRegistry
  /** How many milliseconds the controllers have to end; 30 s unless told. */
  readonly gracefulShutdownTimeout?: number
}

export function createManager(options: ManagerOptions): Manager {
  const { client, gracefulShutdownTimeout = 30_000 } = options
  const onError = (error: unknown, about: string): void => options.onError?.(error, about)
  const informers: Informers = createInformers({ ...options, onError })
  const runnables: Runnable[] = []
  const running = new Set<Promise<void>>()
  let startNext: ((runnable: Runnable) => void) | undefined
  let hasRun = false
  let hasGivenUp = false

  async function lead(signal: AbortSignal): Promise<void> {
    const stopping = new AbortController()
    const stop = (): void => stopping.abort(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const failures: unknown[] = []
    // A signal to which all of them listen would look like a leak.
    const signals = new Set<AbortController>()
    const stopAll = (): void => {
      for (const own of signals) own.abort(stopping.signal.reason)
    }
    stopping.signal.addEventListener('abort', stopAll, { once: true })
    startNext = (runnable) => {
      const own = new AbortController()
      signals.add(own)
      if (stopping.signal.aborted) stopAll()
      const run = runnable.start(manager, own.signal).catch((error: unknown) => {
        failures.push(error)
        stopping.abort(error)
      })
      running.add(run)
      void run.finally(() => {
        running.delete(run)
        signals.delete(own)
      })
    }
    for (const runnable of runnables) startNext(runnable)
    await aborted(stopping.signal)
    startNext = undefined
    signal.removeEventListener('abort', stop)
    await ended()
    if (failures.length > 0) throw failures[0]
  }

  async function ended(): Promise<void> {
    if (running.size === 0 || hasGivenUp) return
    const inTime = new AbortController()
    const timeout = sleep(client.times.clock, gracefulShutdownTimeout, inTime.signal).then(
      () => {
        hasGivenUp = true
        throw new Error(`controllers did not stop within ${gracefulShutdownTimeout} ms`)
      },
      () => undefined,
    )
    try {
      await Promise.race([Promise.all(running), timeout])
    } finally {
      inTime.abort()
    }
  }

  const manager: Manager = {
    client,
    informers,
    metrics: options.metrics ?? createMetricsRegistry(),
    onError,
    add(runnable) {
      runnables.push(runnable)
      startNext?.(runnable)
    },
    async run(signal) {
      if (hasRun) throw new Error('a manager runs once')
      hasRun = true
      const stopInformers = new AbortController()
      const informing = informers.run(stopInformers.signal)
      const { leaderElection } = options
      try {
        if (leaderElection === undefined) await lead(signal)
        else {
          const about = `lease ${leaderElection.namespace}/${leaderElection.name}`
          const election = { ...leaderElection, client, onError: (error: unknown) => onError(error, about) }
          await runWithLeaderElection(election, lead, signal)
        }
      } finally {
        // After a loss of the lease the controllers are still ending.
        try {
          await ended()
        } finally {
          stopInformers.abort(new Error('the manager has stopped'))
          await informing
        }
      }
    },
  }
  return manager
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
