import {
  badRequest,
  type KubeObject,
  methodNotSupported,
  plainError,
  quote,
  serviceUnavailable,
} from '@fairlead/apimachinery'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { routeSegments } from '../request-route.ts'
import type { ServedResource } from '../served-resource.ts'
import { bindAdmission } from './bind-admission.ts'
import type { HandlerServices, VerbHandler } from './handler-services.ts'

/**
 * Subresources that lead elsewhere: log, exec, attach, portforward, proxy, and those of extension kinds. Where nothing
 * stands behind one, there is no connection to nodes, and the answer is that of a server that cannot reach them.
 */
export const handleConnect: VerbHandler = async (services, resource, context) => {
  const { request, info } = context
  if (request.rawQuery !== '' && request.query.has('dryRun')) throw badRequest('dryRun is not supported')
  // Reading a log is a plain read, which nobody admits.
  if (resource.subresource !== 'log') await admitConnection(services, resource, context)
  if (resource.rest.connect !== undefined) {
    const key = { namespace: resource.namespaced ? info.namespace : '', name: info.name }
    return await resource.rest.connect(context, key, routeSegments(context).slice(3).join('/'))
  }
  return unreachable(resource, await targetOf(services, resource, context), info.name)
}

async function admitConnection(
  services: HandlerServices,
  resource: ServedResource,
  context: RequestContext,
): Promise<void> {
  const { name, namespace } = context.info
  const admit = bindAdmission(
    services,
    { resource, context },
    { namespace, dryRun: false, options: () => ({}), authorizeCreate: false },
  )
  await admit.mutate({ operation: 'CONNECT', name })
  await admit.validate({ operation: 'CONNECT', name })
}

/** The object that the connection would lead to. Throws NotFound. */
async function targetOf(
  { find }: HandlerServices,
  { group, version, resource, subresource }: ServedResource,
  context: RequestContext,
): Promise<KubeObject> {
  const parent = find(group, version, resource, '')
  if (parent?.rest.get === undefined) throw methodNotSupported({ group, resource }, 'get')
  const { namespace, name } = context.info
  const key = {
    namespace: parent.namespaced ? namespace : '',
    name: subresource === 'proxy' ? nameWithoutPort(name) : name,
  }
  return (await parent.rest.get(context, key, { resourceVersion: '' })).object()
}

/** Proxies take `[scheme:]name[:port]`. */
function nameWithoutPort(name: string): string {
  const parts = name.split(':')
  return (parts.length === 3 ? parts[1] : parts[0]) ?? ''
}

/** Throws what a server says that has no way to the target. A pod that waits for a node has no log yet: 204. */
function unreachable({ resource, subresource }: ServedResource, target: KubeObject, name: string): ApiResponse {
  if (resource === 'services') throw serviceUnavailable(`no endpoints available for service ${quote(name)}`)
  if (resource === 'nodes') throw noConnection(target.metadata.name ?? name)
  const node = nodeOf(target)
  if (node !== '') throw noConnection(node)
  if (subresource === 'log') return { status: 204, headers: {} }
  throw badRequest(subresource === 'proxy' ? 'address not allowed' : `pod ${name} does not have a host assigned`)
}

function nodeOf(pod: KubeObject): string {
  const spec = pod['spec']
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return ''
  const node = spec['nodeName']
  return typeof node === 'string' ? node : ''
}

function noConnection(node: string): Error {
  return plainError(`error dialing backend: no connection to node ${quote(node)}`)
}
