import { type Clock, encodeJson, type StatusError, timeoutError } from '@fairlead/apimachinery'
import { AbortSource } from '../request/abort-source.ts'
import { discardResponse } from '../request/after-response.ts'
import type { ApiResponse, ResponseWriter } from '../request/api-response.ts'
import { changeContext } from '../request/create-context.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import type { ServerLog } from './panic-recovery.ts'

/** What the timeout filter works with. */
export interface TimeoutOptions {
  readonly clock: Clock
  readonly log: ServerLog
  /** Called when a request is given up. */
  readonly onTimeout?: (context: RequestContext) => void
}

/**
 * Gives up on requests at their deadline: before there is a response, with 504; while a body is being written, by
 * breaking it off. The context's signal is aborted, and what the handler still does goes unseen. A connection that was
 * taken over in time has no deadline.
 */
export function requestTimeout(options: TimeoutOptions): Filter {
  return (next) => (context) => {
    const { deadline } = context
    if (deadline === undefined) return next(context)
    const abort = new AbortSource(() => context.signal)
    const limited = changeContext(context, { abort })
    const answer = next(limited)
    if (!(answer instanceof Promise)) return limitBody(answer, limited, { ...options, abort, deadline })
    return race(answer, limited, { ...options, abort, deadline })
  }
}

interface Limit extends TimeoutOptions {
  readonly abort: AbortSource
  readonly deadline: number
}

function race(answer: Promise<ApiResponse>, context: RequestContext, limit: Limit): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    let late = false
    const cancel = limit.clock.after(limit.deadline - limit.clock.now(), () => {
      late = true
      limit.onTimeout?.(context)
      const error = allottedTimeExceeded()
      resolve(timeoutResponse(error))
      limit.abort.abort(() => error)
    })
    answer.then(
      (response) => {
        cancel()
        if (!late) resolve(limitBody(response, context, limit))
        else discardResponse(response).catch((error: unknown) => report(error, context, limit))
      },
      (error: unknown) => {
        cancel()
        if (!late) reject(error)
        else if (!limit.abort.signal.aborted) report(error, context, limit)
      },
    )
  })
}

function limitBody(response: ApiResponse, context: RequestContext, limit: Limit): ApiResponse {
  const { body } = response
  if (typeof body !== 'function' || response.upgraded === true) return response
  const limited: ResponseWriter = (sink) =>
    new Promise((resolve, reject) => {
      const cancel = limit.clock.after(limit.deadline - limit.clock.now(), () => {
        limit.onTimeout?.(context)
        const error = allottedTimeExceeded()
        reject(error)
        limit.abort.abort(() => error)
      })
      body(sink).then(resolve, reject).finally(cancel)
    })
  return { ...response, body: limited }
}

function report(error: unknown, context: RequestContext, limit: Limit): void {
  limit.log.error('request failed after its timeout', { error, auditId: context.auditId, path: context.request.path })
}

function allottedTimeExceeded(): StatusError {
  return timeoutError('request did not complete within the allotted timeout', 0)
}

/** The Status goes out bare: without kind and apiVersion, and with no type but that of text. */
function timeoutResponse(error: StatusError): ApiResponse {
  const { kind: _kind, apiVersion: _apiVersion, ...status } = error.status
  return { status: 504, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${encodeJson(status)}\n` }
}
