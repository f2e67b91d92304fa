import { randomUUID } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import type { RequestAuthenticator } from '../authentication/authenticator.ts'
import type { FrontProxyHeaders } from '../authentication/front-proxy.ts'
import { anonymousUser } from '../authentication/well-known-users.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import { AuditRecord, type AuditTrail } from '../audit/audit-record.ts'
import { audit } from '../filters/audit.ts'
import { authentication } from '../filters/authentication.ts'
import { authorization } from '../filters/authorization.ts'
import { crossOrigin } from '../filters/cors.ts'
import { impersonation } from '../filters/impersonation.ts'
import { defaultInFlightLimits, type InFlightLimits, maxInFlight } from '../filters/max-in-flight.ts'
import { recoverPanics, renderErrors, type ServerLog } from '../filters/panic-recovery.ts'
import { defaultRequestTimeout, requestDeadline } from '../filters/request-deadline.ts'
import { requestMetrics } from '../filters/request-metrics.ts'
import { requestTimeout } from '../filters/request-timeout.ts'
import { type RequestsInFlight, trackInFlight } from '../filters/requests-in-flight.ts'
import { auditIdHeader, cacheControl, strictTransportSecurity, warnings } from '../filters/response-headers.ts'
import { retryAfterShutdown } from '../filters/shutdown-retry.ts'
import type { RequestMetrics } from '../metrics/request-metrics.ts'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { createContext } from '../request/create-context.ts'
import { parseRequestInfo, RequestInfoError } from '../request/parse-request-info.ts'
import type { Filter, Handler, RequestContext } from '../request/request-context.ts'
import type { RequestInfo } from '../request/request-info.ts'
import { type ErrorRenderer, internalErrorResponse, statusResponse } from '../request/responses.ts'
import { createWarningRecorder } from '../request/warning-headers.ts'

/** What stands in front of every handler is made from these. */
export interface HandlerChainOptions {
  readonly clock: Clock
  readonly log: ServerLog
  readonly authenticate: RequestAuthenticator
  readonly authorizer: Authorizer
  readonly inFlight: RequestsInFlight
  /** How failures are encoded. Default: a JSON Status. */
  readonly render?: ErrorRenderer<RequestContext>
  readonly audiences?: readonly string[]
  /** Headers of front proxies beside the standard ones, which never reach a handler. */
  readonly frontProxyHeaders?: FrontProxyHeaders
  /** Sent with every 401 as `WWW-Authenticate`. */
  readonly challenge?: string
  readonly inFlightLimits?: InFlightLimits
  /** Milliseconds; default 60,000. */
  readonly requestTimeout?: number
  /** Whether a request may take as long as it likes, beside those that every server knows to be so. */
  readonly isLongRunning?: (info: RequestInfo) => boolean
  readonly strictTransportSecurity?: readonly string[]
  readonly allowedOrigins?: readonly RegExp[]
  /** Records requests; without it none is. */
  readonly audit?: AuditTrail
  readonly metrics?: RequestMetrics
  /** Answers true while clients are to be sent to other servers. */
  readonly sendingAway?: () => boolean
  /** Makes audit ids. Default: random UUIDs. */
  readonly newId?: () => string
  /** A monotonic clock in seconds, for durations. */
  readonly seconds?: () => number
}

/**
 * Puts the filters in front of a handler, outermost first. The function returned never rejects for anything that a
 * client or a handler does.
 */
export function buildHandlerChain(
  options: HandlerChainOptions,
  handler: Handler,
): (request: ApiRequest) => Promise<ApiResponse> {
  const { clock, newId = randomUUID } = options
  const chain = filters(options).reduceRight<Handler>((next, filter) => filter(next), handler)
  return async (request) => {
    const auditId = request.headers['audit-id'] || newId()
    let info: RequestInfo
    try {
      info = parseRequestInfo(request)
      if (options.isLongRunning?.(info) === true) info = { ...info, declaredLongRunning: true }
    } catch (error) {
      if (!(error instanceof RequestInfoError)) throw error
      const response = internalErrorResponse(request, `failed to create RequestInfo: ${error.message}`)
      return { ...response, headers: { ...response.headers, 'audit-id': auditId } }
    }
    return await chain(
      createContext({
        request,
        info,
        auditId,
        receivedAt: clock.now(),
        warnings: createWarningRecorder(),
        user: anonymousUser,
        ...(options.audit === undefined ? {} : { audit: new AuditRecord(options.audit) }),
        abort: request,
      }),
    )
  }
}

function filters(options: HandlerChainOptions): readonly Filter[] {
  const { clock, log, metrics } = options
  const render = options.audit === undefined ? rendererOf(options) : recordErrors(rendererOf(options))
  return [
    auditIdHeader,
    recoverPanics(log, render),
    ...when(options.sendingAway, retryAfterShutdown),
    ...when(options.strictTransportSecurity, strictTransportSecurity),
    cacheControl,
    trackInFlight(options.inFlight, render),
    requestDeadline(options.requestTimeout ?? defaultRequestTimeout, render),
    requestTimeout({ clock, log, onTimeout: (context) => metrics?.terminated(context, 504) }),
    warnings,
    renderErrors(render),
    ...when(options.allowedOrigins, crossOrigin),
    authentication({
      authenticate: options.authenticate,
      render,
      audiences: options.audiences ?? [],
      ...(options.frontProxyHeaders === undefined ? {} : { frontProxyHeaders: options.frontProxyHeaders }),
      ...(options.challenge === undefined ? {} : { challenge: options.challenge }),
      onRefused: ({ auditId, request }, error) =>
        log.debug?.('request is not authenticated', { error, auditId, path: request.path }),
    }),
    ...when(options.audit, () => audit(render)),
    impersonation(options.authorizer, render),
    maxInFlight(options.inFlightLimits ?? defaultInFlightLimits, {
      changed: (kind, count) => metrics?.inFlight(kind, count),
      refused: (context) => metrics?.terminated(context, 429),
    }),
    authorization(options.authorizer, render),
    ...when(metrics, (recorder) => requestMetrics(recorder, options.seconds ?? monotonicSeconds)),
  ]
}

function rendererOf({ render = statusResponse }: HandlerChainOptions): ErrorRenderer<RequestContext> {
  return render
}

function recordErrors(render: ErrorRenderer<RequestContext>): ErrorRenderer<RequestContext> {
  return (error, context) => {
    context.audit?.respondedStatus(error.status)
    return render(error, context)
  }
}

function when<Option>(option: Option | undefined, filter: (option: Option) => Filter): readonly Filter[] {
  return option === undefined ? [] : [filter(option)]
}

function monotonicSeconds(): number {
  return performance.now() / 1000
}
