import { sleep } from '@fairlead/client'
import { Candidate } from './candidate.ts'
import {
  type ElectionTimes,
  electionTimes,
  jitterFactor,
  type LeaderElectionOptions,
  LeadershipLostError,
} from './election-options.ts'

/**
 * Waits to become leader, then runs `lead` and renews the lease. When `signal` is aborted, the signal of `lead` is, and the
 * lease is renewed until `lead` has ended and then given up, or left to run out. Resolves when `lead` has; rejects with what it threw, or with
 * a LeadershipLostError, as soon as the lease could not be renewed in time.
 */
export async function runWithLeaderElection(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const times = electionTimes(options)
  const candidate = new Candidate(options, times)
  if (!(await acquire(candidate, options, times, signal))) return
  record(options, 'became leader')
  const leading = new AbortController()
  const follow = (): void => leading.abort(signal.reason)
  if (signal.aborted) follow()
  else signal.addEventListener('abort', follow, { once: true })
  const renewing = new AbortController()
  let hasEnded = false
  const led = lead(leading.signal).finally(() => {
    hasEnded = true
  })
  const lost = renew(candidate, options, times, renewing.signal)
  try {
    // `renew` does not resolve before it is told to stop.
    await Promise.race([led, lost])
  } catch (error) {
    leading.abort(error)
    throw error
  } finally {
    signal.removeEventListener('abort', follow)
    renewing.abort(new Error('leading has ended'))
    record(options, 'stopped leading')
    // A lease is not given up under work that goes on, and not while a renewal is on its way.
    if (hasEnded) {
      await lost.catch(() => undefined)
      if (options.releaseOnCancel !== false) await release(candidate, options, times)
    } else led.catch(() => undefined)
  }
}

function record({ recorder, identity, namespace, name }: LeaderElectionOptions, what: string): void {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name } }
  recorder?.event(lease, 'Normal', 'LeaderElection', `${identity} ${what}`)
}

/** True when this candidate leads; false when the signal was aborted before. */
async function acquire(
  candidate: Candidate,
  { client }: LeaderElectionOptions,
  { retryPeriod }: ElectionTimes,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    if (await candidate.tryAcquireOrRenew(signal)) return true
    const wait = retryPeriod * (1 + client.times.random() * jitterFactor)
    await sleep(client.times.clock, wait, signal).catch(() => undefined)
  }
  return false
}

/** Renews until told to stop; rejects when no renewal has succeeded for the deadline. */
async function renew(
  candidate: Candidate,
  { client, name, namespace }: LeaderElectionOptions,
  { renewDeadline, retryPeriod }: ElectionTimes,
  stopped: AbortSignal,
): Promise<void> {
  const { clock } = client.times
  while (!stopped.aborted) {
    const round = new AbortController()
    const stop = (): void => round.abort(stopped.reason)
    stopped.addEventListener('abort', stop, { once: true })
    const cancel = clock.after(renewDeadline, () => round.abort(new Error('the renewal deadline has passed')))
    try {
      let renewed = false
      while (!renewed && !round.signal.aborted) {
        renewed = await candidate.tryAcquireOrRenew(round.signal)
        if (!renewed) await sleep(clock, retryPeriod, round.signal).catch(() => undefined)
      }
      if (!renewed && !stopped.aborted) throw new LeadershipLostError(`lost the lease ${namespace}/${name}`)
    } finally {
      cancel()
      stopped.removeEventListener('abort', stop)
    }
    await sleep(clock, retryPeriod, stopped).catch(() => undefined)
  }
}

/** A lease that could not be given up runs out by itself. */
async function release(
  candidate: Candidate,
  { client, onError }: LeaderElectionOptions,
  { renewDeadline }: ElectionTimes,
): Promise<void> {
  if (!candidate.isLeader) return
  const trying = new AbortController()
  const cancel = client.times.clock.after(renewDeadline, () =>
    trying.abort(new Error('the lease was not given up in time')),
  )
  try {
    await candidate.release(trying.signal)
  } catch (error) {
    onError?.(error)
  } finally {
    cancel()
  }
}
