import {
  type FieldError,
  fieldPath,
  internalError,
  invalid,
  invalidValue,
  type KubeObject,
} from '@fairlead/apimachinery'
import { canonicalAddress, clusterIpsOf, isHeadless, needsClusterIp, type ServiceSpec, specOf } from '@fairlead/api'
import type { AddressRange } from './address-range.ts'
import { candidates } from './number-range.ts'

/** What addresses are taken from. */
export interface AddressPool {
  readonly ranges: readonly AddressRange[]
  /** Whether a Service, or somebody else, has an address. */
  isTaken(address: string): Promise<boolean>
  random(): number
}

/**
 * Gives a Service an address of each of its families that it has none of, in place, and checks those that it asks for.
 * Throws Invalid for one that it cannot have, and InternalError when there is none left.
 */
export async function assignAddresses(
  service: KubeObject,
  previous: KubeObject | undefined,
  pool: AddressPool,
): Promise<void> {
  const spec = specOf(service)
  if (!needsClusterIp(spec) || isHeadless(spec)) return
  const kept = previous === undefined ? 0 : keptAddresses(specOf(previous))
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (index < kept) continue
    const asked = spec.clusterIPs?.[index] ?? ''
    if (asked === '') {
      const address = await freeAddress(pool, family)
      if (address === undefined) {
        const name = JSON.stringify(service.metadata.name ?? '')
        throw internalError(`failed to allocate a serviceIP for Service ${name}: range is full`)
      }
      ;(spec.clusterIPs ??= [])[index] = address
    } else {
      const problem = await whyNot(pool, asked, family)
      if (problem !== undefined) throw refused(service, spec, `failed to allocate IP ${asked}: ${problem}`)
    }
  }
  const [first] = spec.clusterIPs ?? []
  if (first !== undefined) spec.clusterIP = first
}

/** An update changes none of the addresses that there are; validation says so. */
function keptAddresses(previous: ServiceSpec): number {
  return needsClusterIp(previous) ? clusterIpsOf(previous).length : 0
}

async function freeAddress({ ranges, isTaken, random }: AddressPool, family: string): Promise<string | undefined> {
  const range = ranges.find((one) => one.family === family)
  if (range === undefined) return undefined
  for (const index of candidates(range, random)) {
    const address = range.addressAt(index)
    if (!(await isTaken(address))) return address
  }
  return undefined
}

async function whyNot({ ranges, isTaken }: AddressPool, address: string, family: string): Promise<string | undefined> {
  const range = ranges.find((one) => one.family === family)
  if (range?.contains(address) !== true) {
    const all = range?.text ?? ''
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${all}`
  }
  return (await isTaken(canonicalAddress(address))) ? 'provided IP is already allocated' : undefined
}

function refused({ metadata }: KubeObject, { clusterIPs }: ServiceSpec, detail: string): Error {
  const errors: FieldError[] = [invalidValue(fieldPath('spec', 'clusterIPs'), clusterIPs, detail)]
  return invalid({ group: '', kind: 'Service' }, metadata.name ?? '', errors)
}
