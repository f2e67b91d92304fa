import { type ApiResponse, type PartialHandler, type RequestContext, textErrorResponse } from '@fairlead/apiserver'
import { type ProxyOptions, proxyRequest } from '../proxy/proxy-request.ts'
import { isReachable, type Route } from './route.ts'
import type { RouteTable } from './route-table.ts'

/** What the handler stands on. */
export interface AggregatorHandlerOptions {
  readonly routes: RouteTable
  readonly proxy: ProxyOptions
  /** Answers `/apis` and `/apis/{group}` from all APIServices; undefined for groups that have none. */
  readonly discovery: PartialHandler
}

/**
 * Stands in front of the server's own handlers: sends requests for remote group-versions to their servers, answers for
 * groups, and leaves everything else alone (RTE-1 to RTE-4, PRX-1 to PRX-8).
 */
export function createAggregatorHandler(options: AggregatorHandlerOptions): PartialHandler {
  const { routes, discovery } = options
  return (context) => {
    const { path } = context.info
    if (!path.startsWith('/api')) return undefined
    const name = apiServiceName(path)
    if (name === undefined) return isGroupDiscovery(path) ? discovery(context) : undefined
    const route = routes.get(name)
    if (route?.apiService.service === undefined) return undefined
    return serveRemote(context, route, options)
  }
}

function serveRemote(
  context: RequestContext,
  route: Route,
  { proxy }: AggregatorHandlerOptions,
): Promise<ApiResponse> | ApiResponse {
  const { backend, problem } = route
  if (!isReachable(route)) return refuse(503, 'service unavailable')
  if (backend === undefined) return refuse(500, problem ?? 'no transport')
  return proxyRequest(context, backend, proxy)

  function refuse(code: number, text: string): ApiResponse {
    proxy.onRefused(context, code)
    return textErrorResponse(code, text)
  }
}

/** The APIService that a path belongs to: `/apis/{group}/{version}` and below, `/api` and below for the core group. */
export function apiServiceName(path: string): string | undefined {
  if (path === '/api' || path.startsWith('/api/')) return 'v1.'
  if (!path.startsWith('/apis/')) return undefined
  const groupEnd = path.indexOf('/', groupStart)
  if (groupEnd <= groupStart || groupEnd === path.length - 1) return undefined
  const versionEnd = path.indexOf('/', groupEnd + 1)
  const version = path.slice(groupEnd + 1, versionEnd < 0 ? path.length : versionEnd)
  return `${version}.${path.slice(groupStart, groupEnd)}`
}

const groupStart = '/apis/'.length

function isGroupDiscovery(path: string): boolean {
  return path === '/apis' || path.startsWith('/apis/')
}
