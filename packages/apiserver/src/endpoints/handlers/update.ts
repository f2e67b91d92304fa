import { deepCopy, type KubeObject, methodNotSupported } from '@fairlead/apimachinery'
import { bodyFormat } from '../../negotiation/body-format.ts'
import { optionsObject, parseWriteOptions } from '../options/write-options.ts'
import { bindAdmission } from './bind-admission.ts'
import type { VerbHandler } from './handler-services.ts'
import { checkName, ensureMetadata, expectedNamespace, reconcileNamespace } from './object-metadata.ts'
import { readObject } from './read-object.ts'
import { dropRepeatedOwners } from './repeated-owners.ts'
import { beginReply, respondWithStored } from './respond-object.ts'
import { withDeadline } from './with-deadline.ts'

/** PUT of one object. */
export const handleUpdate: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { request, info } = context
  const reply = beginReply(services, resource, context)
  const bytes = await request.body.bytes(services.bodyLimit)
  const options = parseWriteOptions(request, 'UpdateOptions')
  const format = bodyFormat(request.headers['content-type'], resource.kind.protobuf !== undefined)
  const object = readObject(services, { resource, context }, { bytes, format, ...options })
  context.audit?.requestObject(object)
  const metadata = ensureMetadata(object)
  reconcileNamespace(metadata, expectedNamespace(resource, info.namespace))
  checkName(metadata, info.name)
  dropRepeatedOwners(metadata, context.warnings, 'in the request')
  if (rest.update === undefined) throw methodNotSupported(resource, 'update')
  const wanted = resource.toStorage(object)
  const write = rest.update(
    context,
    {
      key: { namespace: resource.namespaced ? info.namespace : '', name: info.name },
      desired: () => Promise.resolve(deepCopy(wanted) as KubeObject),
      ...(metadata.uid !== undefined && metadata.uid !== '' && { uid: metadata.uid }),
      createAllowed: resource.subresource === '' && resource.description.strategy.createOnUpdate,
      retryOnConflict: false,
    },
    {
      dryRun: options.dryRun,
      admit: bindAdmission(
        services,
        { resource, context },
        {
          namespace: info.namespace,
          dryRun: options.dryRun,
          options: (operation) => optionsObject(operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions', options),
          authorizeCreate: true,
        },
      ),
    },
  )
  const { object: stored, created } = await withDeadline(services, context, write)
  return respondWithStored(reply, created ? 201 : 200, stored)
}
