import type { KubeObject } from '@fairlead/apimachinery'

/**
 * What the client needs to know of an object's type. Any interface with metadata will do, generated ones included;
 * `KubeObject` is the type of objects of which nothing more is known.
 */
export interface ObjectLike {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata?: MetadataLike | undefined
}

/** The part of the metadata that the client itself reads. */
export interface MetadataLike {
  readonly name?: string | undefined
  readonly generateName?: string | undefined
  readonly namespace?: string | undefined
  readonly uid?: string | undefined
  readonly resourceVersion?: string | undefined
}

/** A list, or one page of one. Its items always carry `apiVersion` and `kind`. */
export interface List<T> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ListMeta
  readonly items: T[]
}

/** meta/v1 ListMeta. */
export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** meta/v1 PartialObjectMetadata: an object reduced to its metadata. */
export interface PartialObjectMetadata extends KubeObject {
  kind: 'PartialObjectMetadata'
  apiVersion: 'meta.k8s.io/v1'
}

/** What a bookmark carries: a position, and no object. */
export interface Bookmark {
  readonly metadata: { readonly resourceVersion: string; readonly annotations?: Readonly<Record<string, string>> }
}

/** A change that a watch reports. Failures are thrown, as StatusError. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: Bookmark }

/** The annotation of the bookmark that ends the initial objects of a watch. */
export const initialEventsEnd = 'k8s.io/initial-events-end'

/** meta/v1 Scale (autoscaling/v1), the body of the `scale` subresource. */
export interface Scale extends KubeObject {
  kind: 'Scale'
  apiVersion: 'autoscaling/v1'
  spec: { replicas?: number }
  status?: { replicas: number; selector?: string }
}

/** Labels to select by, as text (`app in (a, b)`) or as values that must all be there. */
export type LabelSelectorInput = string | Readonly<Record<string, string>>
