import type { KubeObject, ObjectMeta, OwnerReference } from '@fairlead/apimachinery'
import type { ObservedObject } from './graph-node.ts'

export const orphanFinalizer = 'orphan'
export const foregroundFinalizer = 'foregroundDeletion'

/** The kind of what a watch of metadata tells, which the objects themselves do not say. */
export interface ObservedKind {
  readonly apiVersion: string
  readonly kind: string
}

const none: readonly OwnerReference[] = []

/** What the graph keeps of an object. */
export function observedObject({ apiVersion, kind }: ObservedKind, { metadata }: KubeObject): ObservedObject {
  const { namespace = '', name = '', uid = '', ownerReferences } = metadata
  return {
    identity: { apiVersion, kind, namespace, name, uid },
    owners: ownerReferences === undefined || ownerReferences.length === 0 ? none : ownerReferences,
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    deletesDependents: isDeletingWith(metadata, foregroundFinalizer),
    orphansDependents: isDeletingWith(metadata, orphanFinalizer),
  }
}

/** Whether an object is being deleted and one of the collector's finalizers says what becomes of its dependents. */
export function isDeletingWith({ deletionTimestamp, finalizers }: ObjectMeta, finalizer: string): boolean {
  return deletionTimestamp !== undefined && finalizers?.includes(finalizer) === true
}
