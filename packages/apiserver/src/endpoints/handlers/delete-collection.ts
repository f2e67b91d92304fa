import { methodNotSupported } from '@fairlead/apimachinery'
import { readDeleteOptions } from '../options/delete-options.ts'
import { parseListOptions } from '../options/list-options.ts'
import { storageFieldSelector } from '../options/select.ts'
import { bindAdmission } from './bind-admission.ts'
import { admittedDeletion } from './delete.ts'
import type { VerbHandler } from './handler-services.ts'
import { beginReply, respondWithList } from './respond-object.ts'

/** DELETE of a collection. Takes as long as it takes. */
export const handleDeleteCollection: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { request, info } = context
  const reply = beginReply(services, resource, context)
  const list = parseListOptions(request)
  const fieldSelector = storageFieldSelector(resource, list, { name: '' })
  const options = await readDeleteOptions(context, services)
  if (rest.deleteCollection === undefined) throw methodNotSupported(resource, 'deletecollection')
  const namespace = resource.namespaced ? info.namespace : ''
  const deleted = await rest.deleteCollection(
    context,
    {
      namespace,
      labelSelector: list.labelSelector,
      fieldSelector,
      limit: Math.max(0, list.limit),
      continue: list.continue,
      resourceVersion: list.resourceVersion,
      resourceVersionMatch: list.resourceVersionMatch,
    },
    options.request,
    {
      dryRun: options.dryRun,
      admit: bindAdmission(services, { resource, context }, admittedDeletion(namespace, options)),
    },
  )
  return respondWithList(reply, deleted)
}
