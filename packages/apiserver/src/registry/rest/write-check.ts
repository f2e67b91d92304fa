import type { AdmissionAttributes } from '../../admission/admission.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { Creater, Updater, WriteOptions } from './capabilities.ts'

/** A create or update about to be validated: after mutating admission, before the strategy. */
export interface CheckedWrite extends Pick<AdmissionAttributes, 'operation' | 'name'> {
  readonly object: NonNullable<AdmissionAttributes['object']>
  /** Undefined when the object is new. */
  readonly oldObject: AdmissionAttributes['oldObject']
  /** Empty for cluster scope. */
  readonly namespace: string
}

/** Throws when a user may not write this object. Part of the resource: unlike admission it cannot be switched off. */
export type WriteCheck = (context: RequestContext, write: CheckedWrite) => Promise<void>

/** By `group/resource`. */
export type WriteChecks = Readonly<Record<string, WriteCheck>>

/** The same writes with a check in front of validation. */
export function withWriteCheck(rest: Creater & Updater, check: WriteCheck): Creater & Updater {
  const checked = <Options extends WriteOptions>(
    context: RequestContext,
    options: Options,
    namespace: string,
  ): Options => ({
    ...options,
    admit: {
      async mutate(attributes) {
        await options.admit.mutate(attributes)
        const { operation, name, object, oldObject } = attributes
        if (object !== undefined) await check(context, { operation, name, object, oldObject, namespace })
      },
      validate: options.admit.validate,
    },
  })
  return {
    create: (context, object, options) => rest.create(context, object, checked(context, options, options.namespace)),
    update: (context, request, options) =>
      rest.update(context, request, checked(context, options, request.key.namespace)),
  }
}
