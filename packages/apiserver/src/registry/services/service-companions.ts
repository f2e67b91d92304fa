import { invalid, type KubeObject } from '@fairlead/apimachinery'
import { alignClusterIps, carryOverGiven, chooseIpFamilies, specOf } from '@fairlead/api'
import type { Expectation, Storage, Write } from '@fairlead/storage'
import type { Companions } from '../generic/companions.ts'
import type { ResourceStore } from '../generic/resource-store.ts'
import type { AddressRange } from './address-range.ts'
import { assignAddresses } from './assign-addresses.ts'
import { assignNodePorts, type PortRange } from './assign-node-ports.ts'
import { heldByAddress, heldByPort, type Holder, type HolderRecord } from './holders.ts'

/** What Services get addresses and node ports from. */
export interface ServiceRanges {
  /** At most one a family; Services get an address of the first unless they ask for another family. */
  readonly addresses: readonly AddressRange[]
  readonly nodePorts: PortRange
}

export interface ServiceCompanionsOptions {
  readonly ranges: ServiceRanges
  readonly storage: Pick<Storage, 'get'>
  /** The store of a resource. */
  store(group: string, resource: string): Pick<ResourceStore, 'find' | 'newRecord'> | undefined
  /** Yields [0, 1). */
  random(): number
}

/**
 * What comes and goes with a Service: the IPAddress objects of its addresses, the keys of its node ports, and, when it goes,
 * the Endpoints of its name.
 */
export function createServiceCompanions({ ranges, storage, store, random }: ServiceCompanionsOptions): Companions {
  const families = ranges.addresses.map(({ family }) => family)
  const addresses = heldByAddress(() => store('networking.k8s.io', 'ipaddresses'))
  const ports = heldByPort(storage)
  const addressPool = { ranges: ranges.addresses, random, isTaken: isTakenOf(addresses) }
  const portPool = { range: ranges.nodePorts, random, isTaken: isTakenOf(ports) }
  return {
    async assign(service, previous) {
      const spec = specOf(service)
      const before = previous && specOf(previous)
      if (before !== undefined) carryOverGiven(spec, before)
      alignClusterIps(spec, before)
      const errors = chooseIpFamilies(spec, before, families)
      if (errors.length > 0) throw invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors)
      await assignAddresses(service, previous, addressPool)
      await assignNodePorts(service, previous, portPool)
    },
    async changes(previous, next) {
      const change = { previous, next }
      const removed = next === undefined && previous !== undefined ? await endpointsOf(previous) : []
      const released = [...removed, ...(await releasedBy(addresses, change)), ...(await releasedBy(ports, change))]
      const taken = [...(await takenBy(addresses, change)), ...(await takenBy(ports, change))]
      const expect: Expectation[] = released.map(({ key, revision }) => ({ key, modRevision: revision }))
      const writes: Write[] = released.map(({ key }) => ({ type: 'delete', key }))
      for (const { key, value } of taken) {
        expect.push({ key, modRevision: 0 })
        writes.push({ type: 'put', key, value })
      }
      return { expect, writes }
    },
  }

  async function endpointsOf({ metadata }: KubeObject): Promise<readonly HolderRecord[]> {
    const { namespace = '', name = '' } = metadata
    const endpoints = await store('', 'endpoints')?.find({ namespace, name })
    return endpoints === undefined ? [] : [{ key: endpoints.key, revision: endpoints.revision, owner: '' }]
  }
}

function isTakenOf<T>({ find }: Holder<T>): (one: T) => Promise<boolean> {
  return async (one) => (await find(one)) !== undefined
}

interface ServiceChange {
  readonly previous: KubeObject | undefined
  readonly next: KubeObject | undefined
}

/** What it had before is taken again when its record is gone, as long as nobody else has it. */
async function takenBy<T>({ held, find, record }: Holder<T>, { previous, next }: ServiceChange) {
  if (next === undefined) return []
  const before = new Set(previous === undefined ? [] : held(previous))
  const records: ReturnType<typeof record>[] = []
  for (const one of held(next)) {
    if (!before.has(one) || (await find(one)) === undefined) records.push(record(next, one))
  }
  return records
}

/** What somebody else has taken over meanwhile stays. */
async function releasedBy<T>({ held, find, ownerOf }: Holder<T>, { previous, next }: ServiceChange) {
  if (previous === undefined) return []
  const after = new Set(next === undefined ? [] : held(next))
  const records: HolderRecord[] = []
  for (const one of held(previous)) {
    const record = after.has(one) ? undefined : await find(one)
    if (record?.owner === ownerOf(previous)) records.push(record)
  }
  return records
}
