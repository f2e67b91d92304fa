import { StatusError } from '@fairlead/apimachinery'
import type { RequestMetrics } from '../metrics/request-metrics.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { whenFinished } from '../request/after-response.ts'
import { isLongRunning } from '../request/long-running.ts'
import type { Filter } from '../request/request-context.ts'

/** Counts and times what reaches the handler. `seconds` is a monotonic clock. */
export function requestMetrics(metrics: RequestMetrics, seconds: () => number): Filter {
  return (next) => (context) => {
    const start = seconds()
    const leave = isLongRunning(context.info) ? metrics.longRunning(context) : undefined
    let thrown = 500
    return whenFinished(
      () => {
        try {
          const answer = next(context)
          return answer instanceof Promise ? answer.catch(note) : answer
        } catch (error) {
          return note(error)
        }
      },
      (response) => {
        leave?.()
        const size = response === undefined ? undefined : bodySize(response)
        const outcome = { code: response?.status ?? thrown, seconds: seconds() - start }
        metrics.finished(context, size === undefined ? outcome : { ...outcome, size })
      },
    )

    function note(error: unknown): never {
      if (StatusError.is(error)) thrown = error.code
      throw error
    }
  }
}

function bodySize({ body }: ApiResponse): number | undefined {
  if (body === undefined) return 0
  if (typeof body === 'function') return undefined
  return body.length
}
