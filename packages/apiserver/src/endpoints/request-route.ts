import type { RequestContext } from '../request/request-context.ts'
import type { ServedResource } from './served-resource.ts'

/** A verb handler by name. */
export type RouteVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  | 'action'
  | 'connect'

/** The path segments from the resource on, the namespace left out. */
export function routeSegments({ info }: Pick<RequestContext, 'info'>): readonly string[] {
  const { parts, resource } = info
  return parts[0] === 'namespaces' && resource !== 'namespaces' ? parts.slice(2) : parts
}

/**
 * The verbs that a path of a resource answers, by method. Undefined when there is no such path: another scope, or
 * something behind the name that is not served.
 */
export function routesOf(
  resource: ServedResource,
  { info }: Pick<RequestContext, 'info'>,
  segments: readonly string[],
): ReadonlyMap<string, RouteVerb> | undefined {
  if (info.verbPrefix === 'proxy') return undefined
  const named = segments.length > 1
  const inNamespace = info.namespace !== '' && info.resource !== 'namespaces'
  if (inNamespace && !resource.namespaced) return undefined
  if (resource.namespaced && !inNamespace && named) return undefined
  if (info.verbPrefix === 'watch') return watchRoutes(resource, segments)
  if (resource.subresource !== '') return subresourceRoutes(resource, segments)
  if (named) return itemRoutes(resource)
  return collectionRoutes(resource, !resource.namespaced || inNamespace)
}

function collectionRoutes(resource: ServedResource, inScope: boolean): ReadonlyMap<string, RouteVerb> | undefined {
  const { rest } = resource
  const routes = new Map<string, RouteVerb>()
  if (serves(resource, 'list')) routes.set('GET', 'list')
  if (inScope && serves(resource, 'create')) routes.set('POST', rest.perform === undefined ? 'create' : 'action')
  if (inScope && serves(resource, 'deletecollection')) routes.set('DELETE', 'deletecollection')
  return routes.size > 0 ? routes : undefined
}

function itemRoutes(resource: ServedResource): ReadonlyMap<string, RouteVerb> | undefined {
  const routes = objectRoutes(resource)
  if (serves(resource, 'delete')) routes.set('DELETE', 'delete')
  return routes.size > 0 ? routes : undefined
}

function objectRoutes(resource: ServedResource): Map<string, RouteVerb> {
  const routes = new Map<string, RouteVerb>()
  if (serves(resource, 'get')) routes.set('GET', 'get')
  if (serves(resource, 'update')) routes.set('PUT', 'update')
  if (serves(resource, 'patch')) routes.set('PATCH', 'patch')
  return routes
}

function subresourceRoutes(
  resource: ServedResource,
  segments: readonly string[],
): ReadonlyMap<string, RouteVerb> | undefined {
  const type = resource.subresourceDescription?.type
  const takesPath = type?.of === 'connect' && type.path
  if (segments.length > 3 && !takesPath) return undefined
  switch (type?.of) {
    case 'connect':
      return connectRoutes(resource)
    case 'action':
      return new Map([['POST', 'action']])
    default:
      return objectRoutes(resource)
  }
}

/** The methods of its verbs; what is proxied takes any. */
function connectRoutes({ subresource, verbs }: ServedResource): ReadonlyMap<string, RouteVerb> {
  const methods = verbs.flatMap((verb) => connectMethods[verb] ?? [])
  const all = subresource === 'proxy' ? [...methods, 'HEAD', 'OPTIONS'] : methods
  return new Map(all.map((method) => [method, 'connect']))
}

const connectMethods: Readonly<Record<string, string | undefined>> = {
  get: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
}

function watchRoutes(
  resource: ServedResource,
  segments: readonly string[],
): ReadonlyMap<string, RouteVerb> | undefined {
  if (resource.subresource !== '' || segments.length > 2 || !serves(resource, 'watch')) return undefined
  return new Map([['GET', 'watch']])
}

function serves({ verbs }: ServedResource, verb: string): boolean {
  return verbs.includes(verb)
}
