import { internalError, StatusError } from '@fairlead/apimachinery'
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts'
import { requestAttributes } from '../authorization/request-attributes.ts'
import { changeRequest } from '../request/change-request.ts'
import { changeContext } from '../request/create-context.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import { withoutHeaders } from '../request/request-headers.ts'
import { type ErrorRenderer, withHeaders } from '../request/responses.ts'
import { isImpersonationHeader, readImpersonation, type WantedUser } from './impersonated-user.ts'
import { type Impersonation, impersonationModes } from './impersonation-modes.ts'

/**
 * Lets a request act as somebody else, when its sender may do so in one of the modes. Nothing of the sender is inherited,
 * and the headers do not reach the handler. When no mode allows, the refusal of the first one is the answer.
 */
export function impersonation(authorizer: Authorizer, render: ErrorRenderer<RequestContext>): Filter {
  const impersonate = inSomeMode(authorizer)
  return (next) => (context) => {
    const wanted = readImpersonation(context.request)
    if (wanted === undefined) return next(context)
    return (async () => {
      let granted: Impersonation
      try {
        granted = await impersonate(wanted, requestAttributes(context))
      } catch (error) {
        if (!StatusError.is(error)) throw error
        return withHeaders(render(error, context), { 'x-content-type-options': 'nosniff' })
      }
      const { user, constraint } = granted
      const { headers, rawHeaders } = withoutHeaders(context.request, isImpersonationHeader)
      const request = changeRequest(context.request, { headers, ...(rawHeaders === undefined ? {} : { rawHeaders }) })
      context.audit?.impersonated(user, constraint)
      return await next(changeContext(context, { user, request }))
    })()
  }
}

/** Senders whose last mode is remembered. */
const capacity = 10_000

/** Tries the modes; the one by which a sender was allowed last comes first, so that it costs no more than one check. */
function inSomeMode(
  authorizer: Authorizer,
): (wanted: WantedUser, request: AuthorizationAttributes) => Promise<Impersonation> {
  const modes = impersonationModes(authorizer)
  const last = new Map<string, number>()
  const remember = (name: string, mode: number): void => {
    last.delete(name)
    last.set(name, mode)
    const [oldest] = last.keys()
    if (last.size > capacity && oldest !== undefined) last.delete(oldest)
  }
  return async (wanted, request) => {
    const { name } = request.user
    const known = last.get(name)
    const others = modes.map((_mode, index) => index).filter((index) => index !== known)
    const order = known === undefined ? others : [known, ...others]
    let refusal: unknown
    for (const index of order) {
      try {
        const granted = await modes[index]?.(wanted, request)
        if (granted === undefined) continue
        remember(name, index)
        return granted
      } catch (error) {
        refusal ??= error
      }
    }
    throw refusal ?? internalError('all impersonation modes failed')
  }
}
