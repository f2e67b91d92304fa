import type { AuthorizationDecision, Authorizer } from '../authorization/authorizer.ts'
import { forbiddenRequest } from '../authorization/forbidden.ts'
import { changeRequest } from '../request/change-request.ts'
import { changeContext } from '../request/create-context.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import { withoutHeaders } from '../request/request-headers.ts'
import { type ErrorRenderer, withHeaders } from '../request/responses.ts'
import { type ImpersonationPermission, isImpersonationHeader, readImpersonation } from './impersonated-user.ts'

/**
 * Lets a request act as somebody else, when its sender may impersonate every part of that identity. Nothing of the
 * sender is inherited, and the headers do not reach the handler. The first refusal is the answer.
 */
export function impersonation(authorizer: Authorizer, render: ErrorRenderer<RequestContext>): Filter {
  return (next) => (context) => {
    const wanted = readImpersonation(context.request)
    if (wanted === undefined) return next(context)
    return (async () => {
      for (const permission of wanted.permissions) {
        const refusal = await refused(permission, context, authorizer)
        if (refusal !== undefined) return withHeaders(render(refusal, context), { 'x-content-type-options': 'nosniff' })
      }
      const { headers, rawHeaders } = withoutHeaders(context.request, isImpersonationHeader)
      const request = changeRequest(context.request, { headers, ...(rawHeaders === undefined ? {} : { rawHeaders }) })
      context.audit?.impersonated(wanted.user)
      return await next(changeContext(context, { user: wanted.user, request }))
    })()
  }
}

async function refused(
  permission: ImpersonationPermission,
  context: RequestContext,
  authorizer: Authorizer,
): Promise<ReturnType<typeof forbiddenRequest> | undefined> {
  const attributes = { ...permission, user: context.user, verb: 'impersonate', isResourceRequest: true, path: '' }
  let answer: AuthorizationDecision
  try {
    answer = await authorizer(attributes)
  } catch (error) {
    answer = { decision: 'no-opinion', reason: error instanceof Error ? error.message : String(error) }
  }
  return answer.decision === 'allow' ? undefined : forbiddenRequest(attributes, answer.reason)
}
