import type { Clock, GroupKind, GroupResource, KubeObject } from '@fairlead/apimachinery'
import type { ResourceStorage, ResourceStrategy, StrategyContext } from '@fairlead/openapi'
import type { Storage } from '@fairlead/storage'
import type { RequestContext } from '../../request/request-context.ts'
import type { Companions } from './companions.ts'
import type { ResourceCache } from './resource-cache.ts'
import type { StoredForm } from './stored-form.ts'

/** Keeps `metadata.managedFields` of an object that is about to be written, in place. */
export type FieldManagement = (change: FieldManagementChange) => void

/** A write as field management sees it, before mutating admission. */
export interface FieldManagementChange {
  readonly context: RequestContext
  /** What will be written; carries the managedFields that the client sent. */
  readonly next: KubeObject
  /** Absent when `next` is new. Must not be changed. */
  readonly previous?: KubeObject
  /** Empty for the resource itself. */
  readonly subresource: string
}

/** Everything that the operations on one resource stand on. A subresource differs in its name and strategy only. */
export interface StoreParts {
  /** How messages name the resource. */
  readonly resource: GroupResource
  /** How messages name the kind. */
  readonly kind: GroupKind
  /** Empty for the resource itself. */
  readonly subresource: string
  readonly form: StoredForm
  readonly kept: ResourceStorage
  /** Rules for writes through this endpoint. */
  readonly strategy: ResourceStrategy
  /** Rules of the resource itself: they decide about deletion, whichever endpoint was used. */
  readonly resourceStrategy: ResourceStrategy
  readonly storage: Storage
  readonly cache: () => ResourceCache
  readonly clock: Clock
  /** Yields [0, 1). */
  readonly random: () => number
  readonly newUid: () => string
  readonly manageFields: FieldManagement
  /** What else a write of an object writes; nothing unless told. */
  readonly companions?: Companions
  /** Objects that a deletecollection deletes at a time; one unless told. */
  readonly deleteCollectionWorkers?: number
}

/** What a strategy may know of a request. */
export function strategyContext(parts: StoreParts, context: RequestContext, namespace: string): StrategyContext {
  return { clock: parts.clock, namespace, user: context.user }
}

/** Field management of a server that does not track fields: what clients send is dropped. */
export function dropManagedFields({ next }: FieldManagementChange): void {
  delete next.metadata['managedFields']
}
