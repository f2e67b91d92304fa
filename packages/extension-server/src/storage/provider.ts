import type { JsonObject, ObjectMeta } from '@fairlead/apimachinery'
import type { UserInfo } from '@fairlead/apiserver'
import type { Kind, KindObject } from '../kind/kind.ts'

/** What a provider knows of a request. */
export interface ProviderRequest {
  readonly user: UserInfo
  /** Aborted when the client is gone or the time is up. */
  readonly signal: AbortSignal
}

export interface ProviderKey {
  /** Empty for cluster scope. */
  readonly namespace: string
  readonly name: string
}

export type ProviderEvent<Value> = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KindObject<Value>
}

/** An object as it comes in or goes out: apiVersion and kind may be left to the framework. */
export type ProviderObject<Value> = { metadata: ObjectMeta } & Value

/**
 * Keeps the objects of a kind anywhere: computed, in a table, behind somebody's API. The verbs of the resource follow from
 * the functions that are there. Objects are in the stored version of the kind. Errors other than StatusErrors answer as
 * an internal error.
 */
export interface Provider<Value = JsonObject> {
  get?(key: ProviderKey, request: ProviderRequest): Promise<ProviderObject<Value> | undefined>
  /** Of one namespace, or of all when it is empty. Selectors are applied by the framework. */
  list?(namespace: string, request: ProviderRequest): Promise<Iterable<ProviderObject<Value>>>
  /** The revision that a list shows: a whole number that grows with each change. Without it lists have none. */
  revision?(): number | Promise<number>
  /** Changes from now on, in order, until the signal is aborted. Lists and watches of clients are made of this and `list`. */
  watch?(namespace: string, request: ProviderRequest): AsyncIterable<ProviderEvent<Value>>
  /** The object as it is kept then. Uid and time of creation are set already. */
  create?(object: KindObject<Value>, request: ProviderRequest): Promise<ProviderObject<Value>>
  /** `previous` is what `get` gave; throw a Conflict when it is no longer what is kept. */
  update?(
    object: KindObject<Value>,
    previous: KindObject<Value>,
    request: ProviderRequest,
  ): Promise<ProviderObject<Value>>
  delete?(object: KindObject<Value>, request: ProviderRequest): Promise<void>
}

/** A kind whose objects somebody else keeps. */
export interface ProvidedKind {
  readonly kind: Kind<unknown>
  readonly provider: Provider<never>
}

/** Serves a kind from a provider instead of the server's own storage. */
export function provide<Value>(kind: Kind<Value>, provider: Provider<Value>): ProvidedKind {
  return { kind: kind as unknown as Kind<unknown>, provider: provider as unknown as Provider<never> }
}
