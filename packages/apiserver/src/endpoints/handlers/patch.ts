import { type KubeObject, methodNotSupported, notFound } from '@fairlead/apimachinery'
import type { UpdateRequest } from '../../registry/rest/capabilities.ts'
import { optionsObject, parseWriteOptions } from '../options/write-options.ts'
import { createPatcher, patchFormat } from '../patch/patcher.ts'
import { bindAdmission } from './bind-admission.ts'
import type { VerbHandler } from './handler-services.ts'
import { checkName, ensureMetadata, expectedNamespace, reconcileNamespace } from './object-metadata.ts'
import { beginReply, respondWithStored } from './respond-object.ts'
import { withDeadline } from './with-deadline.ts'

/** PATCH of one object. The patch is applied to the object in the version of the request, and again after a conflict. */
export const handlePatch: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { request, info } = context
  const format = patchFormat(request.headers['content-type'], resource.kind.patchSchema !== undefined)
  const reply = beginReply(services, resource, context)
  const bytes = await request.body.bytes(services.bodyLimit)
  const options = parseWriteOptions(request, 'PatchOptions')
  if (rest.update === undefined) throw methodNotSupported(resource, 'patch')
  context.audit?.requestPatch(bytes)
  const patch = createPatcher(bytes, {
    format,
    kind: resource.kind,
    fieldValidation: options.fieldValidation,
    warnings: context.warnings,
  })
  const desired: UpdateRequest['desired'] = (current) => {
    if (current === undefined) throw notFound(resource, info.name)
    const object = patch(resource.fromStorage(current.object()))
    const metadata = ensureMetadata(object)
    reconcileNamespace(metadata, expectedNamespace(resource, info.namespace))
    checkName(metadata, info.name)
    return Promise.resolve<KubeObject>(resource.toStorage(object))
  }
  const write = rest.update(
    context,
    {
      key: { namespace: resource.namespaced ? info.namespace : '', name: info.name },
      desired: async (current) => desired(current),
      createAllowed: false,
      retryOnConflict: true,
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
  const { object, created } = await withDeadline(services, context, write)
  return respondWithStored(reply, created ? 201 : 200, object)
}
