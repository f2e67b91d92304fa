import type { JsonObject } from '../meta/object.ts'

/** Why a request failed, for programs. An empty or absent reason means that the server knows only the code. */
export type StatusReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'Invalid'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'TooManyRequests'
  | 'ServerTimeout'
  | 'Timeout'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'StorageReadError'

/** One of several causes of a failure. */
export interface StatusCause extends JsonObject {
  /** For programs: a FieldErrorType, or another word such as `ResourceVersionTooLarge`. */
  reason?: string
  message?: string
  /** Path of the field in question. */
  field?: string
}

/** What a failure is about. Fields without a value are left out; an empty object is legal and means "nothing known". */
export interface StatusDetails extends JsonObject {
  name?: string
  group?: string
  /** The resource (plural), except for Invalid, where it is the kind. */
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

/** The metadata of a Status: that of a list. */
export interface StatusMetadata extends JsonObject {
  resourceVersion?: string
  /** Set on an Expired list, where the client can go on inconsistently from here. */
  continue?: string
}

/** meta/v1 Status: the body of every failed request and of some successful ones. */
export interface Status extends JsonObject {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: StatusMetadata
  status?: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: StatusDetails
  /** The HTTP status code. */
  code?: number
}

/** What a failure is made from. */
export interface Failure {
  readonly code: number
  readonly message: string
  readonly reason?: StatusReason
  /** Absent: the Status has no details. Members that are empty, or 0, are left out. */
  readonly details?: FailureDetails
  readonly metadata?: StatusMetadata
}

/** Details of a Failure; empty members stand for absent ones. */
export interface FailureDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** A failure Status with its members in wire order. */
export function failureStatus(failure: Failure): Status & { code: number } {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: failure.metadata ?? {},
    status: 'Failure',
    ...(failure.message !== '' && { message: failure.message }),
    ...(failure.reason !== undefined && { reason: failure.reason }),
    ...(failure.details !== undefined && { details: statusDetails(failure.details) }),
    code: failure.code,
  }
}

/** Details in wire order, without their empty members. */
export function statusDetails({ name, group, kind, uid, causes, retryAfterSeconds }: FailureDetails): StatusDetails {
  const details: StatusDetails = {}
  if (name) details.name = name
  if (group) details.group = group
  if (kind) details.kind = kind
  if (uid) details.uid = uid
  if (causes !== undefined && causes.length > 0) details.causes = [...causes]
  if (retryAfterSeconds) details.retryAfterSeconds = retryAfterSeconds
  return details
}

/** A problem of the server itself, told by `text`. */
export function internalFailure(text: string): Failure {
  return {
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${text}`,
    details: { causes: [{ message: text }] },
  }
}
