import type { JsonObject, KubeObject } from '@fairlead/apimachinery'

/** coordination.k8s.io/v1 Lease. */
export interface Lease extends KubeObject {
  spec?: LeaseSpec
}

export interface LeaseSpec extends JsonObject {
  holderIdentity?: string
  leaseDurationSeconds?: number
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
  /** Of coordinated leader election, which is left as it is. */
  strategy?: string
  preferredHolder?: string
}
