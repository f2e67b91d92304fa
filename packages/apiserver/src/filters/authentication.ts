import { unauthorized } from '@fairlead/apimachinery'
import type { AuthenticatedRequest, RequestAuthenticator } from '../authentication/authenticator.ts'
import { bearerTokenWarning } from '../authentication/bearer-token.ts'
import {
  type FrontProxyHeaders,
  frontProxyHeaderTest,
  standardFrontProxyHeaders,
} from '../authentication/front-proxy.ts'
import { withoutWebSocketBearer } from '../authentication/websocket-bearer.ts'
import { isAnonymous } from '../authentication/well-known-users.ts'
import { mapResponse } from '../request/after-response.ts'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { changeRequest } from '../request/change-request.ts'
import { changeContext } from '../request/create-context.ts'
import type { Filter, RequestContext } from '../request/request-context.ts'
import { withoutHeaders } from '../request/request-headers.ts'
import { type ErrorRenderer, withHeaders } from '../request/responses.ts'

/** What the authentication filter works with. */
export interface AuthenticationOptions {
  readonly authenticate: RequestAuthenticator
  readonly render: ErrorRenderer<RequestContext>
  /** Audiences of this server; a credential that names others only is refused. */
  readonly audiences?: readonly string[]
  /** The headers of front proxies, which never reach a handler; the standard ones do not in any case. */
  readonly frontProxyHeaders?: FrontProxyHeaders
  /** Sent with a refusal as `WWW-Authenticate`. */
  readonly challenge?: string
  /** Called with the reason for a refusal, which the client is not told. Holds no credential. */
  readonly onRefused?: (context: RequestContext, error: unknown) => void
}

/**
 * Finds out who sends a request, or refuses it with 401. Credentials are taken out of the request, so that nothing
 * behind can leak or reuse them. Connections of strangers over HTTP/2 end with the response.
 */
export function authentication(options: AuthenticationOptions): Filter {
  const isCredential = credentialTest(options.frontProxyHeaders)
  return (next) => async (context) => {
    let authenticated: AuthenticatedRequest | undefined
    const warning = bearerTokenWarning(context.request.headers['authorization'])
    if (warning !== undefined) context.warnings.add(warning)
    try {
      authenticated = await options.authenticate(context.request)
    } catch (error) {
      return refuse(context, options, error)
    }
    if (authenticated === undefined) return refuse(context, options, new Error('no credentials'))
    if (!isForUs(authenticated.audiences, options.audiences)) {
      return refuse(context, options, new Error('the credentials are for another audience'))
    }
    const { user } = authenticated
    for (const text of authenticated.warnings ?? []) context.warnings.add(text)
    for (const [key, value] of Object.entries(authenticated.auditAnnotations ?? {})) context.audit?.annotate(key, value)
    const answer = next(changeContext(context, { user, request: withoutCredentials(context.request, isCredential) }))
    if (context.request.protocol !== 'HTTP/2.0' || !isAnonymous(user)) return await answer
    return await mapResponse(answer, (response) => withHeaders(response, { connection: 'close' }))
  }
}

async function refuse(context: RequestContext, options: AuthenticationOptions, error: unknown): Promise<ApiResponse> {
  options.onRefused?.(context, error)
  const recorded = context.audit?.begin(context, undefined) === true
  const refusal = options.render(unauthorized('Unauthorized'), context)
  const response =
    options.challenge === undefined ? refusal : withHeaders(refusal, { 'www-authenticate': options.challenge })
  if (recorded) {
    context.audit?.respondedCode(response.status)
    await context.audit?.reached('ResponseStarted')
  }
  return context.request.protocol === 'HTTP/2.0' ? withHeaders(response, { connection: 'close' }) : response
}

function isForUs(credential: readonly string[] = [], server: readonly string[] = []): boolean {
  return credential.length === 0 || server.length === 0 || credential.some((audience) => server.includes(audience))
}

function withoutCredentials(request: ApiRequest, isCredential: (name: string) => boolean): ApiRequest {
  const { headers, rawHeaders } = withoutHeaders(request, isCredential)
  const stripped =
    headers === request.headers
      ? request
      : changeRequest(request, { headers, ...(rawHeaders === undefined ? {} : { rawHeaders }) })
  return withoutWebSocketBearer(stripped)
}

function credentialTest(headers: FrontProxyHeaders | undefined): (name: string) => boolean {
  const isStandard = frontProxyHeaderTest(standardFrontProxyHeaders)
  const isConfigured = headers === undefined ? isStandard : frontProxyHeaderTest(headers)
  return (name) => name === 'authorization' || isStandard(name) || isConfigured(name)
}
