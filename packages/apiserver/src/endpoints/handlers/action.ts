import { methodNotSupported } from '@fairlead/apimachinery'
import { admitCreation, readNewObject } from './create.ts'
import type { VerbHandler } from './handler-services.ts'
import { beginReply, respondWithObject, respondWithStatus } from './respond-object.ts'
import { withDeadline } from './with-deadline.ts'

/** POST of a kind that is not kept: reviews, bindings, evictions. */
export const handleAction: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { info } = context
  const reply = beginReply(services, resource, context)
  const { object, options } = await readNewObject(services, resource, context)
  if (rest.perform === undefined) throw methodNotSupported(resource, 'create')
  const key = { namespace: info.namespace, name: info.name === '' ? (object.metadata.name ?? '') : info.name }
  const action = rest.perform(context, key, resource.toStorage(object), {
    dryRun: options.dryRun,
    admit: admitCreation(services, { resource, context }, options),
  })
  const result = await withDeadline(services, context, action)
  if (result.kind !== 'Status') return respondWithObject(reply, 201, result)
  return respondWithStatus(reply, 201, { ...result, code: result['code'] ?? 201 })
}
