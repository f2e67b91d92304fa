import type { AuthorizationDecision, Authorizer } from '../authorization/authorizer.ts'
import { forbiddenRequest } from '../authorization/forbidden.ts'
import { requestAttributes } from '../authorization/request-attributes.ts'
import type { ApiResponse } from '../request/api-response.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import { type ErrorRenderer, internalErrorResponse, withHeaders } from '../request/responses.ts'

const decisionKey = 'authorization.k8s.io/decision'
const reasonKey = 'authorization.k8s.io/reason'

/** Lets a request pass that somebody allows. Otherwise 403, or 500 when an authorizer failed. */
export function authorization(authorizer: Authorizer, render: ErrorRenderer<RequestContext>): Filter {
  return (next) => (context) => {
    const attributes = requestAttributes(context)
    const decide = ({ decision, reason, error }: AuthorizationDecision): Promise<ApiResponse> | ApiResponse => {
      if (error !== undefined && decision !== 'allow') return failed(context, error)
      context.audit?.annotate(decisionKey, decision === 'allow' ? 'allow' : 'forbid')
      context.audit?.annotate(reasonKey, reason ?? '')
      if (decision === 'allow') return next(context)
      const refusal = render(forbiddenRequest(attributes, reason), context)
      return withHeaders(refusal, { 'x-content-type-options': 'nosniff' })
    }
    let answer: Promise<AuthorizationDecision> | AuthorizationDecision
    try {
      answer = authorizer(attributes)
    } catch (error) {
      return failed(context, error)
    }
    if (!(answer instanceof Promise)) return decide(answer)
    return answer.then(decide, (error: unknown) => failed(context, error))
  }
}

function failed(context: RequestContext, error: unknown): ApiResponse {
  context.audit?.annotate(reasonKey, 'internal error')
  return internalErrorResponse(context.request, error instanceof Error ? error.message : String(error))
}
