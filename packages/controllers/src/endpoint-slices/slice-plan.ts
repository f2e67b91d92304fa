import type { EndpointSlice } from './endpoint-slice.ts'

/** The writes that bring slices to what they should be. */
export interface SlicePlan {
  readonly create: readonly EndpointSlice[]
  readonly update: readonly EndpointSlice[]
  readonly delete: readonly EndpointSlice[]
}

export function joinPlans(plans: readonly SlicePlan[]): SlicePlan {
  return {
    create: plans.flatMap(({ create }) => create),
    update: plans.flatMap(({ update }) => update),
    delete: plans.flatMap((plan) => plan.delete),
  }
}

/**
 * The same with fewer writes: a slice that was to go becomes one that was to come, where `canReuse` allows it. The type of
 * addresses cannot change.
 */
export function recycleSlices(plan: SlicePlan, canReuse: (slice: EndpointSlice) => boolean): SlicePlan {
  const create = [...plan.create]
  const reused: EndpointSlice[] = []
  const gone = plan.delete.filter((slice) => {
    const index = create.findIndex(({ addressType }) => addressType === slice.addressType)
    const [created] = index === -1 || !canReuse(slice) ? [] : create.splice(index, 1)
    if (created === undefined) return true
    const { labels = {}, annotations = {}, ownerReferences = [] } = created.metadata
    reused.push({ ...created, metadata: { ...slice.metadata, labels, annotations, ownerReferences } })
    return false
  })
  return { create, update: [...plan.update, ...reused], delete: gone }
}
