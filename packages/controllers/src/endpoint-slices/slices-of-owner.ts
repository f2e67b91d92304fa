import type { KubeObject } from '@fairlead/apimachinery'
import { type Informer, keyOf, type ObjectKey, splitKey, type Store } from '@fairlead/client'
import type { ReconcileRequest } from '@fairlead/controller-runtime'
import { managedByLabel, serviceNameLabel } from '../services/labels.ts'
import type { EndpointSlice } from './endpoint-slice.ts'

const byOwner = 'owner'

/** Lets slices be found by the Service that their label names. */
export function indexByOwner(slices: Informer<EndpointSlice>): void {
  slices.addIndexer(byOwner, ownerKeys)
}

function ownerKeys(slice: KubeObject): readonly string[] {
  return hasOwner(slice) ? [ownerOf(slice)] : []
}

/** The slices of a Service that are managed by `managedBy`; their informer has the index. */
export function slicesOf(slices: Store<EndpointSlice>, owner: ObjectKey, managedBy: string): EndpointSlice[] {
  return slices.byIndex(byOwner, owner).filter(({ metadata }) => metadata.labels?.[managedByLabel] === managedBy)
}

export function ownerOf({ metadata }: KubeObject): ObjectKey {
  return keyOf(metadata.namespace, metadata.labels?.[serviceNameLabel] ?? '')
}

/** What is to be reconciled when a slice changes. */
export function ownerRequests(slice: KubeObject): ReconcileRequest[] {
  return hasOwner(slice) ? [splitKey(ownerOf(slice))] : []
}

function hasOwner({ metadata }: KubeObject): boolean {
  return (metadata.labels?.[serviceNameLabel] ?? '') !== ''
}
