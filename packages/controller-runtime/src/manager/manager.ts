import { type Client, createInformers, type Informers, type InformersOptions, sleep } from '@fairlead/client'
import type { ControllerRuntime, Runnable } from '../controller/runtime.ts'
import { createHealthChecks, type HealthCheck, type HealthChecks } from '../health/health-checks.ts'
import { createMetricsRegistry, type MetricsRegistry } from '../metrics/registry.ts'
import type { LeaderElectionOptions } from '../leader-election/election-options.ts'
import { runWithLeaderElection } from '../leader-election/leader-election.ts'
import { createRunnableGroup, type RunnableGroup } from './runnable-group.ts'

/** Runs several controllers over shared informers. */
export interface Manager extends ControllerRuntime {
  /** Adds a controller, or something else that runs, before or while running. */
  add(runnable: Runnable): void
  /** Whether the process should live on: `/healthz`. Every check has a name. */
  addHealthzCheck(name: string, check: HealthCheck): void
  /** Whether it does its work: `/readyz`. One check, `informer-sync`, is there: informers have read what there is. */
  addReadyzCheck(name: string, check: HealthCheck): void
  readonly healthz: Pick<HealthChecks, 'answer'>
  readonly readyz: Pick<HealthChecks, 'answer'>
  /**
   * Runs until the signal is aborted, or something fails that runs here, which stops all. Starts in order: what needs no
   * leader election, then the informers, then, as leader, the controllers. Ends the other way round: the controllers end
   * what they have begun, then the informers stop, then the rest. Rejects with what failed. Can be called once.
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
  const { client, gracefulShutdownTimeout = 30_000, leaderElection } = options
  const onError = (error: unknown, about: string): void => options.onError?.(error, about)
  const informers: Informers = createInformers({ ...options, onError })
  const failures: unknown[] = []
  const stopping = new AbortController()
  const fail = (error: unknown): void => {
    failures.push(error)
    stopping.abort(error)
  }
  const always = createRunnableGroup(() => manager, fail)
  const leading = createRunnableGroup(() => manager, fail)
  const healthz = createHealthChecks(onError)
  const readyz = createHealthChecks(onError)
  readyz.add('informer-sync', () => {
    if (!informers.hasSynced) throw new Error('informers have not read what there is yet')
  })
  let hasRun = false
  let hasGivenUp = false

  async function lead(signal: AbortSignal): Promise<void> {
    leading.start()
    await aborted(signal)
    leading.stop(signal.reason)
    await endedInTime(leading)
    if (failures.length > 0) throw failures[0]
  }

  async function endedInTime(group: RunnableGroup): Promise<void> {
    if (hasGivenUp) return
    const inTime = new AbortController()
    const timeout = sleep(client.times.clock, gracefulShutdownTimeout, inTime.signal).then(
      () => {
        hasGivenUp = true
        const names = group.running().join(', ')
        throw new Error(`controllers did not stop within ${gracefulShutdownTimeout} ms: ${names}`)
      },
      () => undefined,
    )
    try {
      await Promise.race([group.ended(), timeout])
    } finally {
      inTime.abort()
    }
  }

  async function runControllers(signal: AbortSignal): Promise<void> {
    if (leaderElection === undefined) {
      await lead(signal)
      return
    }
    const about = `lease ${leaderElection.namespace}/${leaderElection.name}`
    const election = { ...leaderElection, client, onError: (error: unknown) => onError(error, about) }
    await runWithLeaderElection(election, lead, signal)
  }

  const manager: Manager = {
    client,
    informers,
    metrics: options.metrics ?? createMetricsRegistry(),
    onError,
    healthz,
    readyz,
    add: (runnable) => (runnable.needsLeaderElection === false ? always : leading).add(runnable),
    addHealthzCheck: (name, check) => healthz.add(name, check),
    addReadyzCheck: (name, check) => readyz.add(name, check),
    async run(signal) {
      if (hasRun) throw new Error('a manager runs once')
      hasRun = true
      const stop = (): void => stopping.abort(signal.reason)
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      always.start()
      const stopInformers = new AbortController()
      const informing = informers.run(stopInformers.signal)
      try {
        await runControllers(stopping.signal)
        if (failures.length > 0) throw failures[0]
      } finally {
        signal.removeEventListener('abort', stop)
        try {
          // After a loss of the lease the controllers are still ending.
          await endedInTime(leading)
        } finally {
          const reason = new Error('the manager has stopped')
          stopInformers.abort(reason)
          await informing
          always.stop(reason)
          await endedInTime(always)
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
