import { badRequest, methodNotSupported } from '@fairlead/apimachinery'
import { queryFlag } from '../../request/query-values.ts'
import type { VerbHandler } from './handler-services.ts'
import { beginReply, respondWithStored } from './respond-object.ts'

/** GET of one object. */
export const handleGet: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { request, info } = context
  if (rest.get === undefined) throw methodNotSupported(resource, 'get')
  const reply = beginReply(services, resource, context)
  let resourceVersion = ''
  if (request.rawQuery !== '') {
    if (queryFlag(request.query, 'export')) {
      throw badRequest('the export parameter, deprecated since v1.14, is no longer supported')
    }
    resourceVersion = request.query.get('resourceVersion') ?? ''
  }
  const key = { namespace: resource.namespaced ? info.namespace : '', name: info.name }
  return respondWithStored(reply, 200, await rest.get(context, key, { resourceVersion }))
}
