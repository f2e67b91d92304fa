import type { Handler } from '../request/request-context.ts'
import type { PartialHandler } from './compose-handlers.ts'

/** Handlers of paths that are not resources. */
export interface NonResourceRoutes {
  /** By exact path. */
  readonly exact: ReadonlyMap<string, Handler>
  /** By prefix, ending with a slash; the longest that fits is taken. */
  readonly prefixes?: ReadonlyMap<string, Handler>
}

/** A router over paths. Requests for resources, and paths that it does not know, are left to others. */
export function createNonResourceRouter({ exact, prefixes = new Map() }: NonResourceRoutes): PartialHandler {
  const ordered = [...prefixes].sort(([a], [b]) => b.length - a.length)
  return (context) => {
    const { info } = context
    if (info.isResourceRequest) return undefined
    const handler = exact.get(info.path) ?? ordered.find(([prefix]) => info.path.startsWith(prefix))?.[1]
    return handler?.(context)
  }
}
