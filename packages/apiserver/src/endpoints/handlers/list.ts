import { methodNotSupported } from '@fairlead/apimachinery'
import { parseListOptions } from '../options/list-options.ts'
import { storageFieldSelector } from '../options/select.ts'
import type { VerbHandler } from './handler-services.ts'
import { outputOffer, respondWithList } from './respond-object.ts'

/** GET of a collection. */
export const handleList: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { request, info } = context
  const output = services.negotiator.output(request, outputOffer(resource), true)
  const options = parseListOptions(request)
  const fieldSelector = storageFieldSelector(resource, options, info)
  if (rest.list === undefined) throw methodNotSupported(resource, 'list')
  const result = await rest.list(context, {
    namespace: resource.namespaced ? info.namespace : '',
    labelSelector: options.labelSelector,
    fieldSelector,
    limit: Math.max(0, options.limit),
    continue: options.continue,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
  })
  return respondWithList({ services, resource, context, output }, result)
}
