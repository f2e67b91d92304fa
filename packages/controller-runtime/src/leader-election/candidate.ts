import { ignoring, isReason } from '@fairlead/apimachinery'
import type { ResourceClient } from '@fairlead/client'
import { microTimeText } from '../objects/time.ts'
import type { ElectionTimes, LeaderElectionOptions } from './election-options.ts'
import type { Lease, LeaseSpec } from './lease.ts'

/**
 * Acquires, renews and releases one lease. Whether a lease has run out is judged by how long this candidate has seen it
 * unchanged, on its own clock: the times in the lease are of other machines' clocks.
 */
export class Candidate {
  readonly #options: LeaderElectionOptions
  readonly #times: ElectionTimes
  readonly #leases: ResourceClient<Lease>
  #observed: Lease | undefined
  #observedAt = 0
  #reportedLeader = ''

  constructor(options: LeaderElectionOptions, times: ElectionTimes) {
    this.#options = options
    this.#times = times
    this.#leases = options.client.resource<Lease>('coordination.k8s.io/v1', 'leases').namespace(options.namespace)
  }

  get isLeader(): boolean {
    return this.#observed?.spec?.holderIdentity === this.#options.identity
  }

  /** True when this candidate holds the lease now. False when somebody else does or the server could not be asked. */
  async tryAcquireOrRenew(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#acquireOrRenew(signal)
    } catch (error) {
      if (!signal.aborted) this.#options.onError?.(error)
      return false
    } finally {
      this.#reportLeader()
    }
  }

  /** Gives the lease up, so that another candidate need not wait for it to run out. */
  async release(signal: AbortSignal): Promise<void> {
    const current = await this.#leases.get(this.#options.name, { signal })
    this.#observe(current)
    if (!this.isLeader) return
    const now = microTimeText(this.#now())
    const spec = {
      ...current.spec,
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: now,
      acquireTime: now,
    }
    this.#observe(await this.#leases.update({ ...current, spec }, { signal }))
  }

  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    // A leader whose lease is good writes without reading first; a conflict leads to the way of the others.
    if (this.isLeader && this.#isValid() && this.#observed !== undefined) {
      try {
        this.#observe(await this.#leases.update(this.#renewed(this.#observed), { signal }))
        return true
      } catch (error) {
        if (signal.aborted) throw error
        if (!isReason(error, 'Conflict')) this.#options.onError?.(error)
      }
    }
    const current = await this.#read(signal)
    if (current === undefined) {
      this.#observe(await this.#leases.create(this.#first(), { signal }))
      return true
    }
    if (this.#observed === undefined || recordOf(this.#observed) !== recordOf(current)) this.#observe(current)
    else this.#observed = current
    const holder = current.spec?.holderIdentity ?? ''
    if (holder !== '' && !this.isLeader && this.#isValid()) return false
    this.#observe(await this.#leases.update(this.isLeader ? this.#renewed(current) : this.#taken(current), { signal }))
    return true
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    return await this.#leases.get(this.#options.name, { signal }).catch(ignoring('NotFound'))
  }

  #first(): Lease {
    const { name, namespace } = this.#options
    const spec = { ...this.#held(), leaseTransitions: 0 }
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec }
  }

  #renewed(lease: Lease): Lease {
    const { acquireTime: _, ...held } = this.#held()
    return { ...lease, spec: { ...lease.spec, ...held } }
  }

  #taken(lease: Lease): Lease {
    const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1
    return { ...lease, spec: { ...lease.spec, ...this.#held(), leaseTransitions } }
  }

  #held(): LeaseSpec & { acquireTime: string } {
    const now = microTimeText(this.#now())
    const leaseDurationSeconds = Math.floor(this.#times.leaseDuration / 1000)
    return { holderIdentity: this.#options.identity, leaseDurationSeconds, acquireTime: now, renewTime: now }
  }

  /** A lease counts for as long as it itself says, and a candidate's own for as long as it was told. */
  #isValid(): boolean {
    const seconds = this.#observed?.spec?.leaseDurationSeconds
    const duration = seconds === undefined ? this.#times.leaseDuration : seconds * 1000
    return this.#observedAt + duration > this.#now()
  }

  #observe(lease: Lease): void {
    this.#observed = lease
    this.#observedAt = this.#now()
  }

  #reportLeader(): void {
    const holder = this.#observed?.spec?.holderIdentity ?? ''
    if (holder === this.#reportedLeader) return
    this.#reportedLeader = holder
    if (holder !== '') this.#options.onNewLeader?.(holder)
  }

  #now(): number {
    return this.#options.client.times.clock.now()
  }
}

function recordOf({ spec = {} }: Lease): string {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = spec
  return JSON.stringify([holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions])
}
