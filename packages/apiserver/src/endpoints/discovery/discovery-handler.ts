import { createHash } from 'node:crypto'
import { encodeJson, type JsonObject, routeNotFound } from '@fairlead/apimachinery'
import { type AcceptClause, parseAccept } from '../../negotiation/accept-header.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { apiGroupDiscoveryList } from './aggregated-document.ts'
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
  /** Writes an object in the format that the request accepts. */
  respond(context: RequestContext, object: JsonObject): Promise<ApiResponse> | ApiResponse
}

/** Answers discovery paths; undefined for all others. */
export type DiscoveryHandler = (context: RequestContext) => Promise<ApiResponse> | ApiResponse | undefined

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/**
 * `/api`, `/apis`, `/apis/{group}`, `/api/{version}` and `/apis/{group}/{version}`. The first two answer with the
 * aggregated document when the Accept header asks for it in exactly the form that clients use.
 */
export function createDiscoveryHandler(options: DiscoveryOptions): DiscoveryHandler {
  const aggregated = createAggregatedCache(options)
  return (context) => {
    const { method, path, headers } = context.request
    if (method !== 'GET' || !path.startsWith('/api')) return undefined
    const [prefix, group, version, ...rest] = path.split('/').filter((part) => part !== '')
    if (rest.length > 0) return undefined
    if (prefix === 'api') {
      if (group === undefined) {
        if (wantsAggregated(headers['accept'])) return aggregated(context, 'core')
        return options.respond(context, apiVersions(find(options, ''), options.serverAddress()))
      }
      return version === undefined ? resourceList(context, '', group) : undefined
    }
    if (prefix !== 'apis') return undefined
    if (group === undefined) {
      if (wantsAggregated(headers['accept'])) return aggregated(context, 'named')
      return options.respond(context, apiGroupList(options.groups()))
    }
    if (version !== undefined) return resourceList(context, group, version)
    const found = find(options, group)
    return found === undefined || group === '' ? undefined : options.respond(context, apiGroup(found))
  }

  function resourceList(context: RequestContext, group: string, version: string) {
    const found = find(options, group)
    if (found === undefined && group !== '') return undefined
    const resources = found?.versions.find((entry) => entry.version === version)
    if (resources === undefined) throw routeNotFound()
    return options.respond(context, apiResourceList(group, resources))
  }
}

function find(options: DiscoveryOptions, name: string): DiscoveryGroup | undefined {
  return options.groups().find((group) => group.name === name)
}

/** The first clause that can be satisfied decides: v2beta1 is not served, so that its clause is passed over. */
function wantsAggregated(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('apidiscovery.k8s.io')) return false
  for (const clause of parseAccept(accept)) {
    if (isAggregatedClause(clause)) return true
    if (clause.parameters.get('g') === undefined && clause.parameters.get('as') === undefined) return false
  }
  return false
}

function isAggregatedClause({ type, subtype, parameters }: AcceptClause): boolean {
  return (
    type === 'application' &&
    (subtype === 'json' || subtype === '*') &&
    parameters.get('g') === 'apidiscovery.k8s.io' &&
    parameters.get('v') === 'v2' &&
    parameters.get('as') === 'APIGroupDiscoveryList'
  )
}

interface Rendered {
  readonly groups: readonly DiscoveryGroup[]
  readonly body: Uint8Array
  readonly etag: string
}

/** The two aggregated documents, made again only when the groups have changed. */
function createAggregatedCache({ groups, aggregatedGroups = groups }: DiscoveryOptions) {
  const rendered = new Map<'core' | 'named', Rendered>()
  return ({ request }: RequestContext, which: 'core' | 'named'): ApiResponse => {
    const current = aggregatedGroups()
    let document = rendered.get(which)
    if (document?.groups !== current) {
      document = render(current, which)
      rendered.set(which, document)
    }
    const headers = { etag: document.etag, vary: 'Accept', 'cache-control': 'public' }
    if (request.headers['if-none-match'] === document.etag) return { status: 304, headers }
    return { status: 200, headers: { ...headers, 'content-type': aggregatedType }, body: document.body }
  }
}

function render(groups: readonly DiscoveryGroup[], which: 'core' | 'named'): Rendered {
  const wanted = groups.filter(({ name }) => (name === '') === (which === 'core'))
  const body = Buffer.from(`${encodeJson(apiGroupDiscoveryList(wanted))}\n`)
  const hash = createHash('sha512').update(body).digest('hex').toUpperCase()
  return { groups, body, etag: `"${hash}"` }
}
