import type { KubeObject } from '@fairlead/apimachinery'
import type { Client, Informers, InformerScope, Store } from '@fairlead/client'
import type { ReconcileRequest } from './change.ts'
import type { Predicate } from './predicates.ts'
import type { RateLimiter } from '../queue/rate-limiter.ts'

/** A resource to watch, or a part of its objects. */
export interface WatchedResource {
  readonly apiVersion: string
  /** The plural name: `deployments`. */
  readonly resource: string
  readonly scope?: InformerScope
  readonly predicates?: readonly Predicate[]
  /** Only metadata is watched and stored. */
  readonly metadataOnly?: boolean
}

/** The resource that a controller is for; owner references name it by its kind. */
export interface WatchedKind extends WatchedResource {
  readonly kind: string
  /** Its objects are outside of namespaces. */
  readonly clusterScoped?: boolean
}

/** A resource whose changes concern other objects. */
export interface MappedResource extends WatchedResource {
  /**
   * The objects to reconcile when this one changes. In an update it is asked about both states. The informers are those of
   * `ReconcileContext`.
   */
  readonly map: (object: KubeObject, informers: Informers) => readonly ReconcileRequest[]
  /** For how many milliseconds a reconcile waits for more changes; none unless told. */
  readonly delay?: number
}

/** What a reconcile asks for: nothing more, another try with back-off, or another one after so many milliseconds. */
export type ReconcileResult = undefined | { readonly requeue: true } | { readonly requeueAfter: number }

/** What a reconciler works with. */
export interface ReconcileContext<T> {
  readonly client: Client
  /** The objects that the controller is for. Shared: never change one, copy it. */
  readonly store: Store<T>
  /** The manager's informers, for the stores of owned and watched resources. */
  readonly informers: Informers
  /** Aborted when the controller is to stop. */
  readonly signal: AbortSignal
}

/**
 * Brings the state to what the object of `request` asks for, whatever has changed; the object may be gone. What it throws
 * is tried again with back-off, except a `TerminalError`.
 */
export type Reconciler<T> = (
  request: ReconcileRequest,
  context: ReconcileContext<T>,
  // `void` lets a function without a return be a reconciler.
  // oxlint-disable-next-line typescript/no-invalid-void-type
) => ReconcileResult | void | Promise<ReconcileResult | void>

export interface ControllerOptions<T extends KubeObject> {
  /** Names the controller in metrics and messages; the resource's name unless told. */
  readonly name?: string
  readonly for: WatchedKind
  /** Resources whose objects name the controller's objects as their controller. */
  readonly owns?: readonly WatchedResource[]
  readonly watches?: readonly MappedResource[]
  /** Which changes count, of all resources. */
  readonly predicates?: readonly Predicate[]
  /** For causes that no watch tells of: gets a function that has all objects reconciled again. Returns how to stop. */
  readonly resyncOn?: (resync: () => void) => () => void
  readonly reconcile: Reconciler<T>
  /** How many objects are reconciled at a time; 1 unless told. One object never is twice. */
  readonly concurrency?: number
  readonly rateLimiter?: RateLimiter<string>
  /** How many milliseconds the first lists may take; two minutes unless told. */
  readonly cacheSyncTimeout?: number
}

/** Thrown by a reconciler for what another try would not mend. */
export class TerminalError extends Error {
  static {
    this.prototype.name = 'TerminalError'
  }
}
