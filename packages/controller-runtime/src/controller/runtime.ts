import type { Client, Informers } from '@fairlead/client'
import type { MetricsRegistry } from '../metrics/registry.ts'

/** What controllers run in; a manager is one. */
export interface ControllerRuntime {
  readonly client: Client
  readonly informers: Informers
  readonly metrics: MetricsRegistry
  /** Hears of failed reconciles and connections, with what they were about. */
  onError(error: unknown, about: string): void
}

/** Something that runs until its signal is aborted and then ends what it has begun. */
export interface Runnable {
  readonly name: string
  /** False: it runs also while another process leads. True unless told. */
  readonly needsLeaderElection?: boolean
  start(runtime: ControllerRuntime, signal: AbortSignal): Promise<void>
}
