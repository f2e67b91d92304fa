import { aggregateFieldErrors, fieldErrorBody } from '../field/format.ts'
import type { FieldError } from '../field/error.ts'
import { formatGroupKind, formatGroupResource, type GroupKind, type GroupResource } from '../meta/group-version.ts'
import { quote } from '../text/quote.ts'
import { type Failure, type FailureDetails, failureStatus, internalFailure, type StatusCause } from './status.ts'
import { StatusError } from './status-error.ts'

/** 404: the object does not exist. */
export function notFound(resource: GroupResource, name: string): StatusError {
  return fail({
    code: 404,
    reason: 'NotFound',
    message: `${subject(resource, name)} not found`,
    details: about(resource, name),
  })
}

/** 409: an object of this name exists. */
export function alreadyExists(resource: GroupResource, name: string): StatusError {
  return fail({
    code: 409,
    reason: 'AlreadyExists',
    message: `${subject(resource, name)} already exists`,
    details: about(resource, name),
  })
}

/** 409: no free name was found for a generateName; `name` is the last one tried. */
export function generateNameConflict(resource: GroupResource, name: string, retryAfterSeconds: number): StatusError {
  return fail({
    code: 409,
    reason: 'AlreadyExists',
    message: `${subject(resource, name)} already exists, the server was not able to generate a unique name for the object`,
    details: { ...about(resource, name), retryAfterSeconds },
  })
}

/** 409: the write clashes with the current state, as `detail` says. */
export function conflict(resource: GroupResource, name: string, detail: string): StatusError {
  return fail({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${subject(resource, name)}: ${detail}`,
    details: about(resource, name),
  })
}

/** 409 of server-side apply: one cause for each field that another manager owns. */
export function applyConflict(message: string, causes: readonly StatusCause[]): StatusError {
  return fail({ code: 409, reason: 'Conflict', message, details: { causes } })
}

/** 422: the object breaks rules. The message names each problem once; the causes keep them all. */
export function invalid(kind: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
  const aggregate = aggregateFieldErrors(errors)
  const message = `${formatGroupKind(kind)} ${quote(name)} is invalid`
  return fail({
    code: 422,
    reason: 'Invalid',
    message: aggregate === '' ? message : `${message}: ${aggregate}`,
    details: { name, group: kind.group, kind: kind.kind, causes: errors.map(causeOf) },
  })
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): StatusError {
  return fail({ code: 400, reason: 'BadRequest', message })
}

/** 401: no, or unusable, credentials. */
export function unauthorized(message = 'Unauthorized'): StatusError {
  return fail({ code: 401, reason: 'Unauthorized', message })
}

/**
 * 403. With an empty `name` the message is about the resource as a whole; with an empty resource it is
 * `forbidden: <detail>`.
 */
export function forbidden(resource: GroupResource, name: string, detail: string): StatusError {
  return fail({
    code: 403,
    reason: 'Forbidden',
    message: forbiddenMessage(resource, name, detail),
    details: about(resource, name),
  })
}

/** 405: this resource has no such verb. `action` is the verb, such as `create`. */
export function methodNotSupported(resource: GroupResource, action: string): StatusError {
  return fail({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${action} is not supported on resources of kind ${quote(formatGroupResource(resource))}`,
    details: about(resource, ''),
  })
}

/** 406: none of the accepted media types can be produced. */
export function notAcceptable(message: string): StatusError {
  return fail({ code: 406, reason: 'NotAcceptable', message })
}

/** 415: the body's media type cannot be read. */
export function unsupportedMediaType(message: string): StatusError {
  return fail({ code: 415, reason: 'UnsupportedMediaType', message })
}

/** 413. The message is prefixed with `Request entity too large: `. */
export function requestEntityTooLarge(message: string): StatusError {
  return fail({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` })
}

/** 429 with the message as it is, and when to come back (0: not said). */
export function tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return fail({ code: 429, reason: 'TooManyRequests', message, details: { retryAfterSeconds } })
}

/** 500: the operation may succeed when it is tried again. */
export function serverTimeout(resource: GroupResource, operation: string, retryAfterSeconds: number): StatusError {
  return fail({
    code: 500,
    reason: 'ServerTimeout',
    message: `The ${operation} operation against ${formatGroupResource(resource)} could not be completed at this time, please try again.`,
    details: { ...about(resource, operation), retryAfterSeconds },
  })
}

/** 504. The message is prefixed with `Timeout: `. */
export function timeoutError(message: string, retryAfterSeconds: number): StatusError {
  return fail({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details: { retryAfterSeconds } })
}

/** 504: a resource version was asked for that this server has not seen yet. */
export function tooLargeResourceVersion(
  requested: number | bigint,
  current: number | bigint,
  retryAfterSeconds: number,
): StatusError {
  return fail({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${requested}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds,
    },
  })
}

/** 500, about the server itself. Of an Error only the message is told; it stays reachable as `cause`. */
export function internalError(detail: string | Error): StatusError {
  if (typeof detail === 'string') return fail(internalFailure(detail))
  return fail(internalFailure(detail.message), { cause: detail })
}

/** 503. `retryAfterSeconds` is told when it is given. */
export function serviceUnavailable(message: string, retryAfterSeconds?: number): StatusError {
  return fail({
    code: 503,
    reason: 'ServiceUnavailable',
    message,
    ...(retryAfterSeconds !== undefined && { details: { retryAfterSeconds } }),
  })
}

/** 410: a resource version or a continue token is too old. `continue` lets the client go on inconsistently. */
export function expired(message: string, options: { readonly continue?: string } = {}): StatusError {
  return fail({
    code: 410,
    reason: 'Expired',
    message,
    ...(options.continue !== undefined && { metadata: { continue: options.continue } }),
  })
}

/** 410: the thing was here and will not come back. */
export function gone(message: string): StatusError {
  return fail({ code: 410, reason: 'Gone', message })
}

/** 500 with the message as it is, without reason or details. */
export function plainError(message: string, options: { readonly cause?: unknown } = {}): StatusError {
  return fail({ code: 500, message }, options)
}

function fail(failure: Failure, options?: { readonly cause?: unknown }): StatusError {
  return new StatusError(failureStatus(failure), options)
}

function about(resource: GroupResource, name: string): FailureDetails {
  return { name, group: resource.group, kind: resource.resource }
}

function subject(resource: GroupResource, name: string): string {
  return `${formatGroupResource(resource)} ${quote(name)}`
}

function forbiddenMessage(resource: GroupResource, name: string, detail: string): string {
  if (resource.group === '' && resource.resource === '') return `forbidden: ${detail}`
  if (name === '') return `${formatGroupResource(resource)} is forbidden: ${detail}`
  return `${subject(resource, name)} is forbidden: ${detail}`
}

function causeOf(error: FieldError): StatusCause {
  return { reason: error.type, message: fieldErrorBody(error), field: error.field }
}
