import { routeNotFound } from '@fairlead/apimachinery'
import type { ProtobufForm } from '@fairlead/openapi'
import type { KindFinder } from '../../negotiation/render-error.ts'
import { compressed } from '../../negotiation/respond.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { createObjectResponder } from '../object-responder.ts'
import { createAggregatedCache } from './aggregated-cache.ts'
import { aggregatedMediaType, aggregatedOutput } from './aggregated-output.ts'
import type { DiscoveryGroup } from './discovery-groups.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy-documents.ts'

/** What discovery needs. */
export interface DiscoveryOptions {
  /** The same array until something changes: documents made of it are kept. */
  groups(): readonly DiscoveryGroup[]
  /** What the aggregated document lists, where that differs from the documents of clients that do not know it. */
  aggregatedGroups?(): readonly DiscoveryGroup[]
  /** `ip:port` under which clients reach this server. */
  serverAddress(): string
  /** Knows the protobuf forms of the other documents. */
  readonly findKind: KindFinder
  /** The protobuf form of the aggregated document. */
  aggregatedForm(): ProtobufForm | undefined
}

/** Answers discovery paths; undefined for all others. */
export type DiscoveryHandler = (context: RequestContext) => Promise<ApiResponse> | ApiResponse | undefined

/**
 * `/api`, `/apis`, `/apis/{group}`, `/api/{version}` and `/apis/{group}/{version}`. The first two answer with the
 * aggregated document when the Accept header asks for it.
 */
export function createDiscoveryHandler(options: DiscoveryOptions): DiscoveryHandler {
  const { groups, aggregatedGroups = groups, findKind, aggregatedForm } = options
  const aggregated = createAggregatedCache(aggregatedGroups, aggregatedForm)
  const respond = createObjectResponder(findKind)
  return (context) => {
    const { method, path } = context.request
    if (method !== 'GET' || !path.startsWith('/api')) return undefined
    const [prefix, group, version, ...rest] = path.split('/').filter((part) => part !== '')
    if (rest.length > 0) return undefined
    if (prefix === 'api') {
      if (group === undefined) {
        return respondAggregated(context, 'core') ?? respond(context, apiVersions(find(''), options.serverAddress()))
      }
      return version === undefined ? resourceList(context, '', group) : undefined
    }
    if (prefix !== 'apis') return undefined
    if (group === undefined) {
      // With a slash at its end the path knows the plain document only.
      const aggregatedDocument = path === '/apis' ? respondAggregated(context, 'named') : undefined
      return aggregatedDocument ?? respond(context, apiGroupList(groups()))
    }
    if (version !== undefined) return resourceList(context, group, version)
    const found = find(group)
    return found === undefined || group === '' ? undefined : respond(context, apiGroup(found))
  }

  function resourceList(context: RequestContext, group: string, version: string) {
    const found = find(group)
    if (found === undefined && group !== '') return undefined
    const resources = found?.versions.find((entry) => entry.version === version)
    if (resources === undefined) throw routeNotFound()
    return respond(context, apiResourceList(group, resources))
  }

  function respondAggregated(
    { request }: RequestContext,
    which: 'core' | 'named',
  ): ApiResponse | Promise<ApiResponse> | undefined {
    const output = aggregatedOutput(request)
    if (output === undefined) return undefined
    const document = aggregated(which)
    const headers = { etag: document.etag, vary: 'Accept', 'cache-control': 'public' }
    if (request.headers['if-none-match'] === document.etag) return { status: 304, headers }
    return compressed(request, {
      status: 200,
      headers: { ...headers, 'content-type': aggregatedMediaType(output.format) },
      body: document.body(output),
    })
  }

  function find(name: string): DiscoveryGroup | undefined {
    return groups().find((group) => group.name === name)
  }
}
