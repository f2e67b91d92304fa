import { mastersGroup } from '../authentication/well-known-users.ts'
import { whenFinishedOrTakenOver } from '../request/after-response.ts'
import { isLongRunning } from '../request/long-running.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import { textErrorResponse } from '../request/responses.ts'

/** How many requests may be answered at a time; 0 is no limit. */
export interface InFlightLimits {
  readonly readOnly: number
  readonly mutating: number
}

/** What a server allows unless told otherwise. */
export const defaultInFlightLimits: InFlightLimits = { readOnly: 400, mutating: 200 }

/** The two kinds that are counted apart. */
export type RequestKind = 'readOnly' | 'mutating'

const readingVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/**
 * Refuses requests with 429 while too many are being answered. Long-running requests and connections that were taken over
 * are not counted, and `system:masters` are always let through.
 */
export function maxInFlight(
  limits: InFlightLimits,
  observe: {
    readonly changed?: (kind: RequestKind, count: number) => void
    readonly refused?: (context: RequestContext) => void
  } = {},
): Filter {
  const counts = { readOnly: 0, mutating: 0 }
  return (next) => (context) => {
    if (isLongRunning(context.info)) return next(context)
    const kind = readingVerbs.has(context.info.verb) ? 'readOnly' : 'mutating'
    if (limits[kind] > 0 && counts[kind] >= limits[kind]) {
      if (context.user.groups.includes(mastersGroup)) return next(context)
      observe.refused?.(context)
      return textErrorResponse(429, 'Too many requests, please try again later.', { 'retry-after': '1' })
    }
    counts[kind] += 1
    observe.changed?.(kind, counts[kind])
    return whenFinishedOrTakenOver(
      context,
      () => next(context),
      () => {
        counts[kind] -= 1
        observe.changed?.(kind, counts[kind])
      },
    )
  }
}
