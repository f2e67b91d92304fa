import type { Filter } from '../request/request-context.ts'
import { textErrorResponse } from '../request/responses.ts'

const exemptPaths: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/metrics'])

/** While `active`, sends clients away with 429 so that they turn to another server. API servers and probes are served. */
export function retryAfterShutdown(active: () => boolean): Filter {
  return (next) => (context) => {
    const { headers } = context.request
    const exempt = exemptPaths.has(context.info.path) || headers['user-agent']?.startsWith('kube-apiserver/') === true
    if (!active() || exempt) return next(context)
    const text = 'The apiserver is shutting down, please try again later.'
    return textErrorResponse(429, text, { 'retry-after': '5', connection: 'close' })
  }
}
