import type { Handler } from '../request/request-context.ts'
import { prettyJsonResponse } from '../request/responses.ts'

/** Answers `/` and `/index.html`: all paths that the server has, sorted. */
export function rootPaths(paths: () => Iterable<string>): Handler {
  return () => prettyJsonResponse({ paths: [...new Set(paths())].sort() })
}
