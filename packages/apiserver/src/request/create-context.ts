import type { AuditRecord } from '../audit/audit-record.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { ApiRequest } from './api-request.ts'
import type { RequestContext } from './request-context.ts'
import type { RequestInfo } from './request-info.ts'
import type { WarningRecorder } from './warning-recorder.ts'

/** What a context is made of. `abort` has its signal, which is asked for on demand. */
export interface ContextParts extends Omit<RequestContext, 'signal'> {
  readonly abort: { readonly signal: AbortSignal }
}

/** A context with a signal on demand. */
export function createContext(parts: ContextParts): RequestContext {
  return new Context(parts, parts.abort)
}

/** A copy of a context with changes. A context that was not made by `createContext` is simply spread. */
export function changeContext(context: RequestContext, changes: Partial<ContextParts>): RequestContext {
  return Context.change(context, changes)
}

class Context implements RequestContext {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly auditId: string
  readonly receivedAt: number
  declare readonly deadline?: number
  readonly warnings: WarningRecorder
  readonly user: UserInfo
  declare readonly audit?: AuditRecord
  readonly #abort: ContextParts['abort']

  constructor(
    parts: Omit<RequestContext, 'signal'>,
    abort: ContextParts['abort'],
    changes: Partial<ContextParts> = {},
  ) {
    this.request = changes.request ?? parts.request
    this.info = changes.info ?? parts.info
    this.auditId = changes.auditId ?? parts.auditId
    this.receivedAt = changes.receivedAt ?? parts.receivedAt
    const deadline = changes.deadline ?? parts.deadline
    if (deadline !== undefined) this.deadline = deadline
    this.warnings = changes.warnings ?? parts.warnings
    this.user = changes.user ?? parts.user
    if (parts.audit !== undefined) this.audit = parts.audit
    this.#abort = abort
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  static change(context: RequestContext, changes: Partial<ContextParts>): RequestContext {
    if (#abort in context) return new Context(context, changes.abort ?? context.#abort, changes)
    const { abort, ...rest } = changes
    return { ...context, ...rest, signal: abort?.signal ?? context.signal }
  }
}
