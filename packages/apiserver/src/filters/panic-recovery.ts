import { StatusError } from '@fairlead/apimachinery'
import type { ApiResponse } from '../request/api-response.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import { type ErrorRenderer, textErrorResponse } from '../request/responses.ts'

/** What a line of the log is about. Holds no credential. */
export interface LogDetails {
  readonly error?: unknown
  readonly auditId?: string
  readonly path?: string
}

/** What the server writes about itself. */
export interface ServerLog {
  error(message: string, details: LogDetails): void
  /** What strangers can cause as often as they like; left out where nobody listens. */
  debug?(message: string, details: LogDetails): void
}

/**
 * Answers whatever was thrown on the way: a StatusError is the response; anything else is a mistake in the server, which
 * is logged and not shown.
 */
export function recoverPanics(log: ServerLog, render: ErrorRenderer<RequestContext>): Filter {
  return (next) => async (context) => {
    try {
      return await next(context)
    } catch (error) {
      if (StatusError.is(error)) return render(error, context)
      log.error('request panicked', { error, auditId: context.auditId, path: context.request.path })
      return textErrorResponse(500, 'This request caused apiserver to panic. Look in the logs for details.')
    }
  }
}

/** Turns StatusErrors into responses, so that the filters further out can still add their headers. */
export function renderErrors(render: ErrorRenderer<RequestContext>): Filter {
  return (next) => (context) => {
    const rendered = (error: unknown): ApiResponse => {
      if (StatusError.is(error)) return render(error, context)
      throw error
    }
    try {
      const answer = next(context)
      return answer instanceof Promise ? answer.catch(rendered) : answer
    } catch (error) {
      return rendered(error)
    }
  }
}
