/**
 * A decoded JSON value. Integers beyond ±(2^53 - 1) are kept exactly as `bigint`; every other number is a `number`.
 */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject

/** A decoded JSON object. Own keys only; `__proto__` may be an own key (write it with `setOwn`). */
export interface JsonObject {
  [key: string]: JsonValue | undefined
}

/** Standard object metadata (meta/v1 ObjectMeta), as it stands on the wire. */
export interface ObjectMeta extends JsonObject {
  name?: string
  generateName?: string
  namespace?: string
  uid?: string
  /** Opaque to clients; here always a decimal revision. */
  resourceVersion?: string
  generation?: number
  /** RFC 3339, UTC, whole seconds. */
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
}

/** meta/v1 OwnerReference. */
export interface OwnerReference extends JsonObject {
  apiVersion: string
  kind: string
  name: string
  uid: string
}

/** Any object of the API: a kind, a version and metadata. */
export interface KubeObject extends JsonObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}
