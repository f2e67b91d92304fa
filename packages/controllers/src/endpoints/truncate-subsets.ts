import type { EndpointAddress, EndpointSubset } from './endpoints.ts'

const maxAddresses = 1000

/**
 * No more than 1000 addresses, ready ones first, and of those that are cut from every subset its share, rounded up. Undefined
 * when there is nothing to cut.
 */
export function truncateSubsets(subsets: readonly EndpointSubset[]): EndpointSubset[] | undefined {
  const ready = count(subsets, 'addresses')
  const notReady = count(subsets, 'notReadyAddresses')
  if (ready + notReady <= maxAddresses) return undefined
  const [list, total, capacity] =
    ready > maxAddresses
      ? (['addresses', ready, maxAddresses] as const)
      : (['notReadyAddresses', notReady, maxAddresses - ready] as const)
  let room = capacity
  return subsets.map((subset) => {
    const members = subset[list] ?? []
    const share = Math.min(room, Math.ceil((members.length / total) * capacity))
    const kept = members.slice(0, share)
    room -= kept.length
    const { addresses = [], notReadyAddresses: _, ...rest } = subset
    return list === 'addresses' ? withLists(rest, kept, []) : withLists(rest, addresses, kept)
  })
}

function count(subsets: readonly EndpointSubset[], list: 'addresses' | 'notReadyAddresses'): number {
  return subsets.reduce((sum, subset) => sum + (subset[list]?.length ?? 0), 0)
}

function withLists(
  { ports }: EndpointSubset,
  addresses: EndpointAddress[],
  notReadyAddresses: EndpointAddress[],
): EndpointSubset {
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports === undefined ? {} : { ports }),
  }
}
