import type { ApiResponse } from '../request/api-response.ts'
import type { Handler, RequestContext } from '../request/request-context.ts'
import { pageNotFound } from '../request/responses.ts'

/** A handler that may leave a request to the next one by answering undefined. */
export type PartialHandler = (context: RequestContext) => Promise<ApiResponse | undefined> | ApiResponse | undefined

/**
 * Chains servers: each passes on what is not its own. What nobody takes is answered by `otherwise`, by default with the
 * plain text of a path that does not exist.
 */
export function composeHandlers(handlers: readonly PartialHandler[], otherwise: Handler = pageNotFound): Handler {
  return async (context) => {
    for (const handler of handlers) {
      const response = await handler(context)
      if (response !== undefined) return response
    }
    return await otherwise(context)
  }
}
