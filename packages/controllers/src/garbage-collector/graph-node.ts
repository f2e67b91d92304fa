import type { OwnerReference } from '@fairlead/apimachinery'
import type { ObjectReference } from './object-reference.ts'

/** An object in the graph of owners and dependents. Only the graph changes it. */
export interface GraphNode {
  /** Where it was seen; until then where one of its dependents says it is. */
  readonly identity: ObjectReference
  /**
   * `observed`: a watch has told of it. `virtual`: it is only known from its dependents, and has to be looked for.
   * `absent`: it is gone or never was, and dependents are left.
   */
  readonly state: 'observed' | 'virtual' | 'absent'
  readonly owners: readonly OwnerReference[]
  /** Objects that name this one's uid as an owner. */
  readonly dependents: ReadonlySet<GraphNode>
  /** How many dependents hold up its deletion in the foreground. */
  readonly blockingDependents: number
  readonly isBeingDeleted: boolean
  /** It is being deleted in the foreground: dependents first. */
  readonly deletesDependents: boolean
  /** It is being deleted, and its dependents shall stay. */
  readonly orphansDependents: boolean
}

/** What a watch tells of an object. */
export interface ObservedObject {
  readonly identity: ObjectReference
  readonly owners: readonly OwnerReference[]
  readonly isBeingDeleted: boolean
  readonly deletesDependents: boolean
  readonly orphansDependents: boolean
}

/** Whether one of the references to a uid asks its owner to wait, in a foreground deletion, until the dependent is gone. */
export function blocksDeletion(owners: readonly OwnerReference[], uid: string): boolean {
  return owners.some((owner) => owner.uid === uid && owner['blockOwnerDeletion'] === true)
}
