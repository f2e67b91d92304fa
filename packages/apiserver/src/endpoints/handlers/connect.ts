import { badRequest, type KubeObject, methodNotSupported, plainError, serviceUnavailable } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import type { ServedResource } from '../served-resource.ts'
import { bindAdmission } from './bind-admission.ts'
import type { HandlerServices, VerbHandler } from './handler-services.ts'

/**
 * Subresources that lead elsewhere: log, exec, attach, portforward, proxy. This server has no connection to nodes, so it
 * answers what one answers that cannot reach them.
 */
export const handleConnect: VerbHandler = async (services, resource, context) => {
  const { request, info } = context
  if (request.rawQuery !== '' && request.query.has('dryRun')) throw badRequest('dryRun is not supported')
  if (resource.subresource !== 'log') {
    const admit = bindAdmission(
      services,
      { resource, context },
      {
        namespace: info.namespace,
        dryRun: false,
        options: () => ({}),
        authorizeCreate: false,
      },
    )
    await admit.mutate({ operation: 'CONNECT', name: info.name })
    await admit.validate({ operation: 'CONNECT', name: info.name })
  }
  throw unreachable(resource, await targetOf(services, resource, context), info.name)
}

/** The object that the connection would lead to. Throws NotFound. */
async function targetOf(
  { find }: HandlerServices,
  { group, version, resource }: ServedResource,
  context: RequestContext,
): Promise<KubeObject> {
  const parent = find(group, version, resource, '')
  if (parent?.rest.get === undefined) throw methodNotSupported({ group, resource }, 'get')
  const { namespace, name } = context.info
  const key = { namespace: parent.namespaced ? namespace : '', name: objectName(name, context) }
  return (await parent.rest.get(context, key, { resourceVersion: '' })).object()
}

/** Proxies take `[scheme:]name[:port]`. */
function objectName(name: string, { info }: RequestContext): string {
  if (info.subresource !== 'proxy') return name
  const parts = name.split(':')
  if (parts.length === 3) return parts[1] ?? ''
  return parts[0] ?? ''
}

function unreachable({ resource, subresource }: ServedResource, target: KubeObject, name: string): Error {
  if (resource === 'services') return serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  if (resource === 'nodes') return noBackend(target.metadata.name ?? name)
  const spec = target['spec']
  const node = typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? spec['nodeName'] : undefined
  if (typeof node !== 'string' || node === '') {
    return subresource === 'proxy'
      ? badRequest('address not allowed')
      : badRequest(`pod ${name} does not have a host assigned`)
  }
  return noBackend(node)
}

function noBackend(node: string): Error {
  return plainError(`error dialing backend: no connection to node ${JSON.stringify(node)}`)
}
