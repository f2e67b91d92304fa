import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { ObjectReference } from '../services/object-reference.ts'

/** core/v1 Endpoints. */
export interface Endpoints extends KubeObject {
  apiVersion: 'v1'
  kind: 'Endpoints'
  subsets?: EndpointSubset[]
}

/** Every address has every port. */
export interface EndpointSubset extends JsonObject {
  addresses?: EndpointAddress[]
  notReadyAddresses?: EndpointAddress[]
  ports?: SubsetPort[]
}

export interface EndpointAddress extends JsonObject {
  ip: string
  hostname?: string
  nodeName?: string
  targetRef?: ObjectReference
}

export interface SubsetPort extends JsonObject {
  name?: string
  port: number
  protocol?: string
  appProtocol?: string
}

const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** Endpoints that are a lock of leader election have no Service, and are nobody's to delete or mirror. */
export function isLeaderLock({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[leaderAnnotation] !== undefined
}
