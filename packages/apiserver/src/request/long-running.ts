import type { RequestInfo } from './request-info.ts'

const verbs: ReadonlySet<string> = new Set(['watch', 'proxy'])
const subresources: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** Whether a request may take as long as it likes: no deadline, no place among the requests in flight (FLT-6). */
export function isLongRunning(info: RequestInfo): boolean {
  if (verbs.has(info.verb) || info.declaredLongRunning === true) return true
  if (info.isResourceRequest) return subresources.has(info.subresource)
  return info.path.startsWith('/debug/pprof/')
}
