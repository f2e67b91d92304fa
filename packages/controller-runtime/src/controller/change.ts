import type { KubeObject } from '@fairlead/apimachinery'

/** A change of an object, as an informer's handler hears of it. */
export type Change<T = KubeObject> =
  /** `isInInitialList`: it was there before the controller. */
  | { readonly type: 'add'; readonly object: T; readonly isInInitialList: boolean }
  | { readonly type: 'update'; readonly before: T; readonly object: T }
  | { readonly type: 'delete'; readonly object: T }

/** The object before and after a change, as far as it was or is there. */
export function statesOf<T>(change: Change<T>): readonly T[] {
  return change.type === 'update' ? [change.before, change.object] : [change.object]
}

/** The object to be reconciled; outside of namespaces `namespace` is empty. */
export interface ReconcileRequest {
  readonly namespace: string
  readonly name: string
}

/** To reconcile the object that an object is, or the one that has its name. */
export function requestFor({ metadata }: KubeObject): ReconcileRequest {
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
}
