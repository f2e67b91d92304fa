import type { KubeObject } from '@fairlead/apimachinery'

/** A change of an object, as an informer's handler hears of it. */
export type Change<T = KubeObject> =
  /** `isInInitialList`: it was there before the controller. */
  | { readonly type: 'add'; readonly object: T; readonly isInInitialList: boolean }
  | { readonly type: 'update'; readonly before: T; readonly object: T }
  | { readonly type: 'delete'; readonly object: T }

/** The object to be reconciled; outside of namespaces `namespace` is empty. */
export interface ReconcileRequest {
  readonly namespace: string
  readonly name: string
}
