import type { Status } from '@fairlead/apimachinery'
import type { UserInfo } from '../authentication/user-info.ts'
import type { AuditLevel, AuditStage } from './levels.ts'

/** What of an event is known when its request comes in; shared by the events of one request. */
export interface AuditedRequest {
  readonly level: AuditLevel
  readonly auditId: string
  readonly requestUri: string
  readonly verb: string
  /** Undefined for a request that is not authenticated. */
  readonly user: UserInfo | undefined
  readonly sourceIps: readonly string[]
  readonly userAgent: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
}

/** The object that a request is about. */
export interface AuditedObject {
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly group: string
  readonly version: string
  readonly resourceVersion: string
  readonly subresource: string
}

/** The part of a Status that is recorded; of a successful response there may be its code only. */
export type AuditedStatus = Pick<Status, 'status' | 'message' | 'reason' | 'details' | 'code'>

/** One event (audit.k8s.io/v1). It does not change once it is made. */
export interface AuditEvent {
  readonly request: AuditedRequest
  readonly stage: AuditStage
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly object: AuditedObject | undefined
  readonly impersonatedUser: UserInfo | undefined
  /** The verb of constrained impersonation, where that was used. */
  readonly impersonationConstraint: string
  readonly status: AuditedStatus | undefined
  /** JSON. */
  readonly requestObject: string | undefined
  /** JSON. */
  readonly responseObject: string | undefined
  readonly annotations: ReadonlyMap<string, string>
}
