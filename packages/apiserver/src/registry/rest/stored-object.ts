import type { KubeObject } from '@fairlead/apimachinery'

/**
 * An object as the registry keeps it: canonical JSON bytes in the stored version, with its resourceVersion spliced in.
 * The bytes start `{"kind":K,"apiVersion":V,"metadata":{"resourceVersion":R,`. Parsed only when somebody looks inside;
 * what `object()` returns is shared and must not be changed.
 */
export interface StoredObject {
  readonly revision: number
  readonly bytes: Uint8Array
  object(): KubeObject
  /** Labels of the object, parsed once. */
  readonly labels: Readonly<Record<string, string>>
  /** Values for field selectors by storage label, metadata.name and metadata.namespace included. */
  readonly fields: Readonly<Record<string, string>>
}
