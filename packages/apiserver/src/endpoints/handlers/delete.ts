import { type JsonObject, methodNotSupported } from '@fairlead/apimachinery'
import { type DeleteOptions, readDeleteOptions } from '../options/delete-options.ts'
import type { ServedResource } from '../served-resource.ts'
import { type AdmittedWrite, bindAdmission } from './bind-admission.ts'
import type { VerbHandler } from './handler-services.ts'
import { beginReply, respondWithStatus, respondWithStored } from './respond-object.ts'
import { withDeadline } from './with-deadline.ts'

/** DELETE of one object. */
export const handleDelete: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { info } = context
  const reply = beginReply(services, resource, context)
  const options = await readDeleteOptions(context, services)
  if (rest.delete === undefined) throw methodNotSupported(resource, 'delete')
  const key = { namespace: resource.namespaced ? info.namespace : '', name: info.name }
  const deletion = rest.delete(context, key, options.request, {
    dryRun: options.dryRun,
    admit: bindAdmission(services, { resource, context }, admittedDeletion(info.namespace, options)),
  })
  const { object, gone } = await withDeadline(services, context, deletion)
  const code = !gone && options.request.orphanDependents === false ? 202 : 200
  if (resource.returnsDeletedObject) return respondWithStored(reply, code, object)
  return respondWithStatus(reply, code, deletedStatus(resource, object.object().metadata.uid, info.name))
}

/** What admission is told of a deletion. */
export function admittedDeletion(namespace: string, { request, dryRun }: DeleteOptions): AdmittedWrite {
  const options: JsonObject = {
    kind: 'DeleteOptions',
    apiVersion: 'meta.k8s.io/v1',
    ...request,
    ...(dryRun && { dryRun: ['All'] }),
  }
  return { namespace, dryRun, options: () => options, authorizeCreate: false }
}

function deletedStatus({ group, resource }: ServedResource, uid: string | undefined, name: string): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(group !== '' && { group }),
      kind: resource,
      ...(uid !== undefined && { uid }),
    },
  }
}
