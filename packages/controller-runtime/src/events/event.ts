import type { JsonObject, KubeObject } from '@fairlead/apimachinery'

/** core/v1 Event, as recorders write it. */
export interface CoreEvent extends KubeObject {
  involvedObject: ObjectReference
  reason: string
  message: string
  type: string
  source: JsonObject
  firstTimestamp: string
  lastTimestamp: string
  count: number
  reportingComponent: string
  reportingInstance: string
}

/** core/v1 ObjectReference. */
export interface ObjectReference extends JsonObject {
  apiVersion: string
  kind: string
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
}

export type EventType = 'Normal' | 'Warning'

export function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { name = '', namespace, uid, resourceVersion } = metadata
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
