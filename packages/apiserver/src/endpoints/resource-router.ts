import { type Clock, type GroupVersion, routeMethodNotAllowed, routeNotFound } from '@fairlead/apimachinery'
import type { Deprecation } from '@fairlead/openapi'
import type { Admission } from '../admission/admission.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import type { WatchEventMetrics } from '../metrics/request-metrics.ts'
import { createNegotiator } from '../negotiation/negotiator.ts'
import type { KindFinder } from '../negotiation/render-error.ts'
import type { RequestContext } from '../request/request-context.ts'
import { queryFlag } from '../request/query-values.ts'
import type { PartialHandler } from './compose-handlers.ts'
import { handleAction } from './handlers/action.ts'
import { handleConnect } from './handlers/connect.ts'
import { handleCreate } from './handlers/create.ts'
import { handleDelete } from './handlers/delete.ts'
import { handleDeleteCollection } from './handlers/delete-collection.ts'
import { handleGet } from './handlers/get.ts'
import type { HandlerServices, ResourceFinder, VerbHandler } from './handlers/handler-services.ts'
import { handleList } from './handlers/list.ts'
import { handlePatch } from './handlers/patch.ts'
import { handleUpdate } from './handlers/update.ts'
import { handleWatch } from './handlers/watch.ts'
import { type RouteVerb, routeSegments, routesOf } from './request-route.ts'
import type { ServedResource } from './served-resource.ts'

/** What a resource handler is made of. */
export interface ResourceHandlerOptions {
  readonly find: ResourceFinder
  /** The group-versions of this handler: inside their groups, an unknown path is answered with a Status. */
  groupVersions(): readonly GroupVersion[]
  /** Kinds that are no resources as well: Status, DeleteOptions, PartialObjectMetadata. */
  readonly findKind: KindFinder
  readonly admission: Admission
  /** Asked for `create` when a PUT makes an object; absent where nobody authorizes. */
  readonly authorizer?: Authorizer
  readonly clock: Clock
  /** From 0 up to 1; Math.random by default. */
  readonly random?: () => number
  /** The largest body in bytes; 3 MiB by default. */
  readonly bodyLimit?: number
  /** How many bytes of changes may wait for one watcher; 16 MiB by default. */
  readonly watchBufferLimit?: number
  /** The shortest watch without `timeoutSeconds`, in milliseconds; the longest is twice that. Half an hour by default. */
  readonly minRequestTimeout?: number
  /** Told of each watch that is ended because its client is too slow. */
  onSlowWatcher?(resource: ServedResource): void
  /** Told of each request for a version that clients should leave. */
  onDeprecated?(resource: ServedResource): void
  /** Counts the events of one watch. */
  watchMetrics?(resource: ServedResource): WatchEventMetrics
}

const handlers: Readonly<Record<RouteVerb, VerbHandler>> = {
  get: handleGet,
  list: handleList,
  watch: handleWatch,
  create: handleCreate,
  update: handleUpdate,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDeleteCollection,
  action: handleAction,
  connect: handleConnect,
}

/**
 * A handler for all requests for resources: finds the resource and the verb, and hands over to the verb's handler.
 * Requests for no resource, and for groups that it does not have, are left to others.
 */
export function createResourceHandler(options: ResourceHandlerOptions): PartialHandler {
  const { find, groupVersions } = options
  const services: HandlerServices = {
    find,
    findKind: options.findKind,
    admission: options.admission,
    ...(options.authorizer !== undefined && { authorizer: options.authorizer }),
    clock: options.clock,
    random: options.random ?? Math.random,
    negotiator: createNegotiator(),
    bodyLimit: options.bodyLimit ?? 3 * 1024 * 1024,
    watchBufferLimit: options.watchBufferLimit ?? 16 * 1024 * 1024,
    minRequestTimeout: options.minRequestTimeout ?? 1_800_000,
    onSlowWatcher: (resource) => options.onSlowWatcher?.(resource),
    watchMetrics: (resource) => options.watchMetrics?.(resource),
  }
  return (context) => {
    const { info, request } = context
    if (!info.isResourceRequest) return undefined
    const segments = routeSegments(context)
    const resource = find(
      info.group,
      info.version,
      info.resource,
      info.verbPrefix === 'proxy' ? '' : (segments[2] ?? ''),
    )
    const routes = resource === undefined ? undefined : routesOf(resource, context, segments)
    if (resource === undefined || routes === undefined) {
      if (groupVersions().some(({ group }) => group === info.group)) throw routeNotFound()
      return undefined
    }
    const route = routes.get(request.method)
    if (route === undefined) throw routeMethodNotAllowed()
    if (resource.deprecation !== undefined) {
      noteDeprecation(resource.deprecation, context)
      options.onDeprecated?.(resource)
    }
    return handlers[verbOf(route, context)](services, resource, context)
  }
}

function noteDeprecation({ warning, removedRelease }: Deprecation, { warnings, audit }: RequestContext): void {
  warnings.add(warning)
  audit?.annotate('k8s.io/deprecated', 'true')
  if (removedRelease !== undefined) audit?.annotate('k8s.io/removed-release', removedRelease)
}

/** A list with `watch` in its query is a watch. */
function verbOf(route: RouteVerb, { request }: RequestContext): RouteVerb {
  return route === 'list' && request.rawQuery !== '' && queryFlag(request.query, 'watch') ? 'watch' : route
}
