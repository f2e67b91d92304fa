import { encodeJson, quote, type StatusError } from '@fairlead/apimachinery'
import type { ApiResponse, ResponseHeaders } from './api-response.ts'
import { requestUri } from './request-target.ts'

/** Turns a failure into bytes the client can read. */
export type ErrorRenderer<Context> = (error: StatusError, context: Context) => ApiResponse

/** A Status as compact JSON with a final newline. `details.retryAfterSeconds` is repeated as `Retry-After`. */
export function statusResponse(error: StatusError): ApiResponse {
  return {
    status: error.code,
    headers: { 'content-type': 'application/json', ...retryAfterHeaders(error) },
    body: `${encodeJson(error.status)}\n`,
  }
}

/** `Retry-After` when the Status asks for it. */
export function retryAfterHeaders(error: StatusError): ResponseHeaders {
  const seconds = error.status.details?.retryAfterSeconds
  return seconds !== undefined && seconds > 0 ? { 'retry-after': String(seconds) } : {}
}

/** Plain text that browsers must not sniff, with a final newline: refusals of the filters and of unknown paths. */
export function textErrorResponse(status: number, text: string, headers: ResponseHeaders = {}): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
    body: `${text}\n`,
  }
}

/** Plain text, exactly as given. */
export function textResponse(text: string, headers: ResponseHeaders = {}): ApiResponse {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: text }
}

/** Indented JSON without a final newline: `/version`, the listing of paths. */
export function prettyJsonResponse(value: Parameters<typeof encodeJson>[0]): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: encodeJson(value, { pretty: true }) }
}

/** What a path that nobody serves is answered with. */
export function pageNotFound(): ApiResponse {
  return textErrorResponse(404, '404 page not found')
}

/** A failure of the filters themselves: 500 with the request's URI and the cause, made safe for HTML. */
export function internalErrorResponse(
  request: { readonly rawPath: string; readonly rawQuery: string },
  message: string,
): ApiResponse {
  return textErrorResponse(500, escapeMarkup(`Internal Server Error: ${quote(requestUri(request))}: ${message}`))
}

/** Replaces `&`, `<` and `>` by HTML entities. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A response with more headers; those given replace those there. */
export function withHeaders(response: ApiResponse, headers: ResponseHeaders): ApiResponse {
  return { ...response, headers: { ...response.headers, ...headers } }
}

/** A response with headers for those that it does not set itself. */
export function withDefaultHeaders(response: ApiResponse, headers: ResponseHeaders): ApiResponse {
  return { ...response, headers: { ...headers, ...response.headers } }
}
