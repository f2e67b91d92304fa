import { invalid, type KubeObject, methodNotSupported } from '@fairlead/apimachinery'
import { bodyFormat } from '../../negotiation/body-format.ts'
import type { AdmissionHooks } from '../../registry/rest/capabilities.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { optionsObject, parseWriteOptions, type WriteRequestOptions } from '../options/write-options.ts'
import type { ServedResource } from '../served-resource.ts'
import { bindAdmission } from './bind-admission.ts'
import type { HandlerServices, VerbHandler } from './handler-services.ts'
import { ensureMetadata, expectedNamespace, reconcileNamespace, wipeSystemFields } from './object-metadata.ts'
import { readObject } from './read-object.ts'
import { dropRepeatedOwners } from './repeated-owners.ts'
import { beginReply, respondWithStored } from './respond-object.ts'
import { withDeadline } from './with-deadline.ts'

/** POST to a collection. */
export const handleCreate: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const reply = beginReply(services, resource, context)
  const { object, options } = await readNewObject(services, resource, context)
  if (rest.create === undefined) throw methodNotSupported(resource, 'create')
  const { namespace } = context.info
  const write = rest.create(context, resource.toStorage(object), {
    namespace: expectedNamespace(resource, namespace),
    dryRun: options.dryRun,
    admit: refuseInvalid(resource, object, admitCreation(services, { resource, context }, options)),
  })
  return respondWithStored(reply, 201, await withDeadline(services, context, write))
}

/** Reads the body of a POST, with what only the server may say wiped and the namespace of the URL filled in. */
export async function readNewObject(
  services: HandlerServices,
  resource: ServedResource,
  context: RequestContext,
): Promise<{ readonly object: KubeObject; readonly options: WriteRequestOptions }> {
  const { request, info } = context
  const format = bodyFormat(request.headers['content-type'], resource.kind.protobuf !== undefined)
  const bytes = await request.body.bytes(services.bodyLimit)
  const options = parseWriteOptions(request, 'CreateOptions')
  const object = readObject(services, { resource, context }, { bytes, format, ...options })
  context.audit?.requestObject(object)
  const metadata = ensureMetadata(object)
  if (!keepsSystemFields(resource)) wipeSystemFields(metadata)
  reconcileNamespace(metadata, expectedNamespace(resource, info.namespace))
  dropRepeatedOwners(metadata, context.warnings, 'in the request')
  return { object, options }
}

/** Admission of a creation. */
export function admitCreation(
  services: HandlerServices,
  target: { readonly resource: ServedResource; readonly context: RequestContext },
  options: WriteRequestOptions,
): ReturnType<typeof bindAdmission> {
  return bindAdmission(services, target, {
    namespace: target.context.info.namespace,
    dryRun: options.dryRun,
    options: () => optionsObject('CreateOptions', options),
    authorizeCreate: false,
  })
}

/** Validates the body in its own version: its stored form may not show what is wrong with it. */
function refuseInvalid(resource: ServedResource, object: KubeObject, admit: AdmissionHooks): AdmissionHooks {
  const errors = resource.validateCreate?.(object) ?? []
  if (errors.length === 0) return admit
  return {
    ...admit,
    async mutate(attributes) {
      await admit.mutate(attributes)
      throw invalid(resource.kind, attributes.name, errors)
    },
  }
}

/** uid and resourceVersion of a pod's Binding, and the uid of a TokenRequest, are preconditions on its parent. */
function keepsSystemFields({ resource, subresource }: ServedResource): boolean {
  return (
    (resource === 'pods' && subresource === 'binding') || (resource === 'serviceaccounts' && subresource === 'token')
  )
}
