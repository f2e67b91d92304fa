import type { AuditRecord } from '../audit/audit-record.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { ApiRequest } from './api-request.ts'
import type { ApiResponse } from './api-response.ts'
import type { RequestInfo } from './request-info.ts'
import type { WarningRecorder } from './warning-recorder.ts'

/** A request on its way through the filters and handlers, with what the filters have found out so far. */
export interface RequestContext {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly auditId: string
  /** Milliseconds since the epoch at which the request arrived. */
  readonly receivedAt: number
  /** Milliseconds since the epoch at which the server gives up; undefined for long-running requests. */
  readonly deadline?: number
  readonly warnings: WarningRecorder
  readonly user: UserInfo
  /** Takes notes of the request; undefined while nothing is audited. */
  readonly audit?: AuditRecord
  /** Aborted when the client goes away or the deadline passes. */
  readonly signal: AbortSignal
}

/** Answers a request. Throws StatusError for a failure; the outermost filters turn it into a response. */
export type Handler = (context: RequestContext) => Promise<ApiResponse> | ApiResponse

/** Wraps a handler. Filters stand in one flat list, outermost first (`server/handler-chain.ts`). */
export type Filter = (next: Handler) => Handler
