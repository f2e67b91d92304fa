import { badRequest, parseDuration } from '@fairlead/apimachinery'
import { changeContext } from '../request/create-context.ts'
import { isLongRunning } from '../request/long-running.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import type { ErrorRenderer } from '../request/responses.ts'

/** Time that a request may take unless the server is told otherwise, in milliseconds. */
export const defaultRequestTimeout = 60_000

/**
 * Gives a request its deadline: `timeout` of its query, or `maximum` milliseconds when that is absent, not positive or
 * longer. Long-running requests get none.
 */
export function requestDeadline(maximum: number, render: ErrorRenderer<RequestContext>): Filter {
  return (next) => (context) => {
    if (isLongRunning(context.info)) return next(context)
    const asked = context.request.rawQuery.includes('timeout') ? context.request.query.get('timeout') : null
    let timeout = maximum
    if (asked !== null && asked !== '') {
      const parsed = parseTimeout(asked)
      if (typeof parsed === 'string') {
        return render(badRequest(`invalid timeout specified in the request URL - ${parsed}`), context)
      }
      if (parsed > 0 && parsed < maximum) timeout = parsed
    }
    return next(changeContext(context, { deadline: context.receivedAt + timeout }))
  }
}

function parseTimeout(text: string): number | string {
  try {
    return parseDuration(text)
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
}
