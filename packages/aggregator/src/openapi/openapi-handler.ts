import type { PartialHandler } from '@fairlead/apiserver'
import { type ProxyOptions, proxyRequest } from '../proxy/proxy-request.ts'
import { apiServiceName } from '../routes/aggregator-handler.ts'
import type { RouteTable } from '../routes/route-table.ts'
import type { OpenApiManager } from './openapi-manager.ts'

const prefix = '/openapi/v3'

/**
 * The v3 documents of remote group-versions come from their servers. A stale hash is sent to the URL of today from here:
 * the server's own redirect would be refused on its way (OA3-3, OA3-6).
 */
export function createRemoteDocumentHandler(
  routes: RouteTable,
  openApi: OpenApiManager,
  proxy: ProxyOptions,
): PartialHandler {
  return (context) => {
    const { path, query } = context.request
    if (!path.startsWith(`${prefix}/api`)) return undefined
    const name = apiServiceName(path.slice(prefix.length))
    const backend = name === undefined ? undefined : routes.get(name)?.backend
    const url = openApi.v3Paths().get(path.slice(prefix.length + 1))
    if (backend === undefined || url === undefined) return undefined
    const wanted = query.get('hash')
    const current = new URL(url, 'https://server').searchParams.get('hash')
    if (wanted !== null && wanted !== '' && current !== null && wanted !== current) {
      return { status: 301, headers: { location: url } }
    }
    return proxyRequest(context, backend, proxy)
  }
}
