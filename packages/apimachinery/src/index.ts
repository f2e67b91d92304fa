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
export { ignoring, isReason, StatusError, withDetails } from './errors/status-error.ts'
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
export { compareKubeVersions } from './meta/kube-version.ts'
export type { JsonObject, JsonValue, KubeObject, ObjectMeta, OwnerReference } from './meta/object.ts'
export type {
  GroupKind,
  GroupResource,
  GroupVersion,
  GroupVersionKind,
  GroupVersionResource,
} from './meta/group-version.ts'
export { formatGroupKind, formatGroupResource, formatGroupVersion, parseGroupVersion } from './meta/group-version.ts'
export { applyJsonPatch } from './patch/json-patch.ts'
export { type JsonPatchOperations, type ParsedJsonPatch, parseJsonPatch } from './patch/json-patch-parse.ts'
export { applyMergePatch, createMergePatch } from './patch/merge-patch.ts'
export type { PatchField, PatchSchema } from './patch/patch-schema.ts'
export { applyStrategicMergePatch, consumeStrategicMergePatch } from './patch/strategic-merge/apply.ts'
export { parseQuantity, QuantitySyntaxError, quantityFromNumber } from './quantity/parse.ts'
export { Quantity } from './quantity/quantity.ts'
export type { QuantityFormat } from './quantity/suffix.ts'
export { decodeMessage } from './protobuf/decode-message.ts'
export { encodeMessage } from './protobuf/encode-message.ts'
export type { ProtobufEnvelope } from './protobuf/envelope.ts'
export { decodeEnvelope, encodeEnvelope } from './protobuf/envelope.ts'
export type {
  Cardinality,
  FieldType as ProtobufFieldType,
  MessageField,
  MessageType,
} from './protobuf/message-type.ts'
export { defineMessage } from './protobuf/message-type.ts'
export { ProtobufSyntaxError } from './protobuf/syntax-error.ts'
export type { ProtobufWatchEvent } from './protobuf/watch-event.ts'
export { decodeWatchEvent, frameWatchEvent } from './protobuf/watch-event.ts'
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
export { decodeBase64, encodeBase64 } from './text/base64.ts'
export { formatGoValue } from './text/go-value.ts'
export { formatNumber } from './text/number.ts'
export { isPrintable, quote } from './text/quote.ts'
export { utf8Length } from './text/utf8.ts'
export type { Clock } from './time/clock.ts'
export { DurationSyntaxError, formatDuration, parseDuration } from './time/duration.ts'
export { humanAge, humanDuration } from './time/human-duration.ts'
export { systemClock } from './time/system-clock.ts'
export { formatTimestamp, parseTimestamp } from './time/timestamp.ts'
export { validateConditions } from './validation/conditions.ts'
export { isDns1035Label, isDns1123Label, isDns1123Subdomain, isWildcardDns1123Subdomain } from './validation/dns.ts'
export { validateDomainPrefixedPath } from './validation/domain-prefixed-path.ts'
export { validateFieldManager, validateManagedFields } from './validation/field-manager.ts'
export { validateFinalizers, validateKubeFinalizers, validateNoNewFinalizers } from './validation/finalizers.ts'
export { generateName } from './validation/generate-name.ts'
export type { LegacyOptions } from './validation/ip.ts'
export { isValidCidr, isValidIp, isValidLegacyCidr, isValidLegacyIp } from './validation/ip.ts'
export type { IpAddress } from './validation/ip-address.ts'
export { formatIpAddress, parseIpAddress } from './validation/ip-address.ts'
export { maxAnnotationsBytes, validateAnnotations, validateLabelName, validateLabels } from './validation/label-maps.ts'
export { isQualifiedName, isValidLabelValue } from './validation/labels.ts'
export type { NameValidator } from './validation/names.ts'
export {
  isCIdentifier,
  isConfigMapKey,
  isEnvVarName,
  isHttpHeaderName,
  isInRange,
  isRelaxedEnvVarName,
  isValidPathSegmentName,
  isValidPercent,
  isValidPortName,
  isValidPortNumber,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  nameIsPathSegment,
} from './validation/names.ts'
export type { ObjectMetaUpdateValidation, ObjectMetaValidation } from './validation/object-meta.ts'
export { validateObjectMeta, validateObjectMetaUpdate } from './validation/object-meta.ts'
export { deduplicateOwnerReferences, validateOwnerReferences } from './validation/owner-references.ts'
export {
  emptyText,
  immutableText,
  maxBytesText,
  maxLengthText,
  negativeText,
  rangeText,
  regexText,
} from './validation/texts.ts'
export { encodeJson, encodeJsonBytes, type JsonEncodeOptions } from './json/encode.ts'
export { deepCopy, deepEqual, isJsonObject, setOwn } from './json/objects.ts'
export { type JsonParseOptions, parseJson, parseJsonStrict } from './json/parse.ts'
export type { Scanned } from './json/scanner.ts'
export { JsonSyntaxError } from './json/syntax-error.ts'
export { encodeYaml } from './yaml/encode.ts'
export { type ParsedYaml, parseYaml, parseYamlDocuments } from './yaml/parse.ts'
export { YamlSyntaxError } from './yaml/syntax-error.ts'
export { type AlternativeNames, type CertificateRequest, parseCertificateRequest } from './x509/certificate-request.ts'
export { type Certificate, parseCertificates } from './x509/certificate.ts'
export { type DerElement, derContent, derElements, derObjectIdentifier, derTag } from './x509/der.ts'
export {
  commonNameOf,
  type DistinguishedName,
  type NameAttribute,
  nameValues,
  organizationsOf,
} from './x509/distinguished-name.ts'
export { type PemBlock, pemBlocks } from './x509/pem.ts'
export { X509SyntaxError } from './x509/syntax-error.ts'
