export {
  alreadyExists,
  applyConflict,
  badRequest,
  conflict,
  expired,
  forbidden,
  generateNameConflict,
  gone,
  internalError,
  invalid,
  methodNotSupported,
  notAcceptable,
  notFound,
  plainError,
  requestEntityTooLarge,
  serverTimeout,
  serviceUnavailable,
  timeoutError,
  tooLargeResourceVersion,
  tooManyRequests,
  unauthorized,
  unsupportedMediaType,
} from './errors/reasons.ts'
export type { GenericResponse } from './errors/generic-response.ts'
export {
  genericServerResponse,
  rejectedRequest,
  routeMethodNotAllowed,
  routeNotFound,
} from './errors/generic-response.ts'
export type {
  FailureDetails,
  Status,
  StatusCause,
  StatusDetails,
  StatusMetadata,
  StatusReason,
} from './errors/status.ts'
export { isReason, StatusError, withDetails } from './errors/status-error.ts'
export type { FieldError, FieldErrorType, FieldPathLike } from './field/error.ts'
export {
  duplicate,
  forbiddenField,
  internalFieldError,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
  tooFew,
  tooLong,
  tooLongCharacters,
  tooMany,
  tooShort,
  typeInvalid,
} from './field/error.ts'
export { aggregateFieldErrors, fieldErrorBody, fieldErrorMessage } from './field/format.ts'
export { FieldPath, fieldPath } from './field/path.ts'
export type { JsonObject, JsonValue, KubeObject, ObjectMeta, OwnerReference } from './meta/object.ts'
export type {
  GroupKind,
  GroupResource,
  GroupVersion,
  GroupVersionKind,
  GroupVersionResource,
} from './meta/group-version.ts'
export { formatGroupKind, formatGroupResource, formatGroupVersion, parseGroupVersion } from './meta/group-version.ts'
export type { FieldRequirement, FieldSelector } from './selectors/field-selector.ts'
export { escapeFieldValue, everyField, fieldSelector, parseFieldSelector } from './selectors/field-selector.ts'
export { parseLabelSelector } from './selectors/label-parser.ts'
export type { LabelOperator, LabelRequirement, Labels } from './selectors/label-requirement.ts'
export type { LabelSelector } from './selectors/label-selector.ts'
export { everything, labelSelector, nothing } from './selectors/label-selector.ts'
export type { LabelSelectorValidationOptions } from './selectors/label-selector-object.ts'
export {
  labelSelectorFromMap,
  labelSelectorFromObject,
  validateLabelSelectorObject,
} from './selectors/label-selector-object.ts'
export { formatNumber } from './text/number.ts'
export { isPrintable, quote } from './text/quote.ts'
export { utf8Length } from './text/utf8.ts'
export type { Clock } from './time/clock.ts'
