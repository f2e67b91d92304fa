import type { Client } from '@fairlead/client'
import type { EventRecorder } from '../events/event-recorder.ts'

/** Milliseconds; client-go's values unless told. */
export interface ElectionTimes {
  /** How long after its last renewal others leave a lease alone; 15 s. Whole seconds. */
  readonly leaseDuration: number
  /** How long a leader that cannot renew goes on; 10 s. */
  readonly renewDeadline: number
  /** How long to wait between two tries; 2 s. */
  readonly retryPeriod: number
}

/** How client-go draws out the waits of those who do not lead, so that they do not come together. */
export const jitterFactor = 1.2

export const defaultElectionTimes: ElectionTimes = {
  leaseDuration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 2_000,
}

export interface LeaderElectionOptions extends Partial<ElectionTimes> {
  readonly client: Client
  readonly namespace: string
  /** The name of the Lease. */
  readonly name: string
  /** Different for every candidate: upstream takes `<host name>_<uuid>`. */
  readonly identity: string
  /** Whether the lease is given up at the end, so that others need not wait until it has run out; true unless told. */
  readonly releaseOnCancel?: boolean
  /** Tells of the beginning and the end of leading, about the Lease. */
  readonly recorder?: Pick<EventRecorder, 'event'>
  /** Hears of a leader that this candidate has not seen before, itself included. */
  readonly onNewLeader?: (identity: string) => void
  /** Hears of tries that failed for another reason than that somebody else leads. */
  readonly onError?: (error: unknown) => void
}

/** This candidate led, and could not renew its lease in time. What it did must end, most safely with its process. */
export class LeadershipLostError extends Error {
  static {
    this.prototype.name = 'LeadershipLostError'
  }
}

/** Throws when the times cannot work together. */
export function electionTimes(options: Partial<ElectionTimes>): ElectionTimes {
  const { leaseDuration, renewDeadline, retryPeriod } = { ...defaultElectionTimes, ...options }
  if (leaseDuration <= renewDeadline) throw new Error('leaseDuration must be greater than renewDeadline')
  if (renewDeadline <= jitterFactor * retryPeriod)
    throw new Error('renewDeadline must be greater than retryPeriod*JitterFactor')
  if (leaseDuration < 1000) throw new Error('leaseDuration must be at least one second')
  if (retryPeriod < 1) throw new Error('retryPeriod must be greater than zero')
  return { leaseDuration, renewDeadline, retryPeriod }
}
