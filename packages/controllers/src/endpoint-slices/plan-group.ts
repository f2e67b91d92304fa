import { sameMap } from '../services/labels.ts'
import { type Endpoint, endpointKey, type EndpointSlice, sameEndpoint } from './endpoint-slice.ts'
import type { SlicePlan } from './slice-plan.ts'

export interface GroupOptions {
  /** What slices are to be labelled with. */
  readonly labels: Readonly<Record<string, string>>
  readonly maxEndpoints: number
  newSlice(endpoints: Endpoint[]): EndpointSlice
}

/** A slice on its way to what it will be. */
interface Draft {
  readonly slice: EndpointSlice
  readonly endpoints: Endpoint[]
  isChanged: boolean
}

/**
 * Brings slices of the same ports to the endpoints desired with few writes: endpoints stay in their slice and are changed
 * there; new ones fill slices that change anyway, the fullest first; what is left goes into the one other slice that it
 * fills best, or into new slices. Slices that lose all their endpoints go.
 */
export function planGroup(
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, Endpoint>,
  { labels, maxEndpoints, newSlice }: GroupOptions,
): SlicePlan {
  const left = new Map(desired)
  const drafts = existing.map((slice) => draftOf(slice, left))
  const waiting = [...left.values()]
  const fill = (draft: Draft): void => {
    const more = waiting.splice(0, Math.max(0, maxEndpoints - draft.endpoints.length))
    draft.endpoints.push(...more)
    draft.isChanged ||= more.length > 0
  }
  const isEmptied = ({ isChanged, endpoints }: Draft): boolean => isChanged && endpoints.length === 0
  const gone = drafts.filter(isEmptied).map(({ slice }) => slice)
  const kept = drafts.filter((draft) => !isEmptied(draft))
  const changes = ({ slice, isChanged }: Draft): boolean => isChanged || !sameMap(slice.metadata.labels, labels)
  const changing = kept.filter(changes).sort((one, other) => other.endpoints.length - one.endpoints.length)
  for (const draft of changing) fill(draft)
  const create: EndpointSlice[] = []
  while (waiting.length > 0) {
    const best = waiting.length < maxEndpoints ? bestFit(kept, waiting.length, maxEndpoints) : undefined
    if (best === undefined) create.push(newSlice(waiting.splice(0, maxEndpoints)))
    else fill(best)
  }
  const update = kept.filter(changes).map(({ slice, endpoints }) => {
    return { ...slice, metadata: { ...slice.metadata, labels: { ...labels } }, endpoints }
  })
  return { create, update, delete: gone }
}

/** A slice with those of its endpoints that are desired, as they are desired. Takes them out of `left`. */
function draftOf(slice: EndpointSlice, left: Map<string, Endpoint>): Draft {
  const before = slice.endpoints ?? []
  const endpoints: Endpoint[] = []
  let isChanged = false
  for (const endpoint of before) {
    const key = endpointKey(endpoint)
    const desired = left.get(key)
    if (desired === undefined) continue
    endpoints.push(desired)
    isChanged ||= !sameEndpoint(desired, endpoint)
    left.delete(key)
  }
  return { slice, endpoints, isChanged: isChanged || endpoints.length < before.length }
}

/** The slice with the least room left that still takes `count` more endpoints. */
function bestFit(drafts: readonly Draft[], count: number, maxEndpoints: number): Draft | undefined {
  const fitting = drafts.filter(({ endpoints }) => endpoints.length + count <= maxEndpoints)
  return fitting.reduce<Draft | undefined>(
    (best, draft) => (best === undefined || draft.endpoints.length > best.endpoints.length ? draft : best),
    undefined,
  )
}
