import type { JsonObject } from '@fairlead/apimachinery'
import type { Pod } from './pod.ts'

/** core/v1 ObjectReference. */
export interface ObjectReference extends JsonObject {
  kind?: string
  namespace?: string
  name?: string
  uid?: string
  resourceVersion?: string
}

/** How endpoints name their pod. */
export function referenceToPod({ metadata }: Pod): ObjectReference {
  const { namespace = '', name = '', uid = '' } = metadata
  return { kind: 'Pod', namespace, name, uid }
}
