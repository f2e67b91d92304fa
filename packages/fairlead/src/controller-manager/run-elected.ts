import type { Client } from '@fairlead/client'
import { createEventRecorder, type Manager, runWithLeaderElection } from '@fairlead/controller-runtime'
import type { Logger } from '../logging/logger.ts'
import type { LeaderElectionSettings } from './options.ts'

/** Who takes part in an election, and where it is told of. */
export interface ElectedOptions extends LeaderElectionSettings {
  readonly component: string
  readonly identity: string
  readonly client: Client
  /** Gets upstream's metric of elections. */
  readonly manager: Pick<Manager, 'metrics'>
  readonly logger: Logger
  readonly signal: AbortSignal
}

/**
 * Runs `lead` while this process holds the lease. Rejects as soon as the lease is lost, whatever `lead` still does: the
 * process must end then. The lease is not given up at the end: who comes next waits until nothing can be under way any more.
 */
export async function runElected(
  lead: (signal: AbortSignal) => Promise<void>,
  { component, manager, signal, logger, ...election }: ElectedOptions,
): Promise<void> {
  let leads = false
  manager.metrics
    .gauge('leader_election_master_status', 'Whether this process holds the lease: 1 while it does.')
    .setFrom({ name: election.name }, () => (leads ? 1 : 0))
  const telling = new AbortController()
  const onError = (error: unknown): void => logger.warn({ err: error }, `lease ${election.namespace}/${election.name}`)
  const recorder = createEventRecorder({ client: election.client, component, signal: telling.signal, onError })
  try {
    await runWithLeaderElection(
      { ...election, releaseOnCancel: false, recorder, onError },
      (leading) => {
        leads = true
        return lead(leading)
      },
      signal,
    )
  } finally {
    telling.abort()
  }
}
