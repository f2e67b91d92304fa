import { ignoring } from '@fairlead/apimachinery'
import { type Client, type ObjectKey, splitKey } from '@fairlead/client'
import { isNamespaceTerminating } from '../active-namespace.ts'
import type { EndpointSlice } from './endpoint-slice.ts'
import type { SlicePlan } from './slice-plan.ts'
import type { WrittenSlices } from './written-slices.ts'

/** Whose slices are written. */
export interface SliceOwner {
  readonly kind: 'Service' | 'Endpoints'
  readonly key: ObjectKey
  /** It is going away: nothing is created that the garbage collector would have to find. */
  readonly isDeleted: boolean
}

/** Writes a plan, one write after the other, and notes what was written. The first that fails ends it, and is returned. */
export async function applyPlan(
  plan: SlicePlan,
  { kind, key, isDeleted }: SliceOwner,
  { client, written }: { readonly client: Client; readonly written: WrittenSlices },
): Promise<readonly Error[]> {
  const slices = client
    .resource<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices')
    .namespace(splitKey(key).namespace)
  let step = ''
  try {
    for (const slice of isDeleted ? [] : plan.create) {
      step = 'create EndpointSlice'
      written.wrote(key, await slices.create(slice))
    }
    for (const slice of plan.update) {
      step = `update ${slice.metadata.name ?? ''} EndpointSlice`
      written.wrote(key, await slices.update(slice))
    }
    for (const slice of plan.delete) {
      step = `delete ${slice.metadata.name ?? ''} EndpointSlice`
      await slices.delete(slice.metadata.name ?? '').catch(ignoring('NotFound'))
      written.deleted(key, slice)
    }
    return []
  } catch (error) {
    if (isNamespaceTerminating(error)) return []
    const text = error instanceof Error ? error.message : String(error)
    return [new Error(`failed to ${step} for ${kind} ${key}: ${text}`, { cause: error })]
  }
}
