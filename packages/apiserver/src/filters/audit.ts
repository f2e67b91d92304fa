import { StatusError } from '@fairlead/apimachinery'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { changeRequest } from '../request/change-request.ts'
import { changeContext } from '../request/create-context.ts'
import { isLongRunning } from '../request/long-running.ts'
import type { Filter, Handler, RequestContext } from '../request/request-context.ts'
import { type ErrorRenderer, internalErrorResponse } from '../request/responses.ts'

/**
 * Records authenticated requests: when they come in, before anything is done for them; when the response of a
 * long-running one begins; when the response is over. A response that is all there waits until its event is kept.
 */
export function audit(render: ErrorRenderer<RequestContext>): Filter {
  return (next) => (context) => {
    const record = context.audit
    if (record === undefined || !record.begin(context, context.user)) return next(context)
    return serve(record, context, { next, render })
  }
}

async function serve(
  record: AuditRecord,
  context: RequestContext,
  { next, render }: { readonly next: Handler; readonly render: ErrorRenderer<RequestContext> },
): Promise<ApiResponse> {
  if (!(await record.reached('RequestReceived'))) {
    record.rejected()
    return internalErrorResponse(context.request, 'failed to store audit event')
  }
  const response = await answer(record, context, { next, render })
  if (response.upgraded !== true) {
    record.respondedCode(response.status)
    if (isLongRunning(context.info)) await record.reached('ResponseStarted')
  }
  const { body } = response
  if (typeof body !== 'function') {
    await record.reached('ResponseComplete')
    return response
  }
  return {
    ...response,
    async body(sink) {
      try {
        await body(sink)
      } finally {
        await record.reached('ResponseComplete')
      }
    },
  }
}

async function answer(
  record: AuditRecord,
  context: RequestContext,
  { next, render }: { readonly next: Handler; readonly render: ErrorRenderer<RequestContext> },
): Promise<ApiResponse> {
  const { upgrade } = context.request
  try {
    return await next(
      upgrade === undefined
        ? context
        : changeContext(context, { request: announceUpgrade(record, context.request, upgrade) }),
    )
  } catch (error) {
    if (StatusError.is(error)) return render(error, context)
    record.panicked(error)
    await record.reached('Panic')
    throw error
  }
}

/** The response of a request that takes its connection over begins there, and not when the handler returns. */
function announceUpgrade(
  record: AuditRecord,
  request: ApiRequest,
  upgrade: NonNullable<ApiRequest['upgrade']>,
): ApiRequest {
  return changeRequest(request, {
    upgrade: {
      protocol: upgrade.protocol,
      accept() {
        const taken = upgrade.accept()
        record.respondedCode(101)
        void record.reached('ResponseStarted')
        return taken
      },
    },
  })
}
