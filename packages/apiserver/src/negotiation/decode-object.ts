import {
  badRequest,
  formatGroupVersion,
  type JsonObject,
  type KubeObject,
  parseGroupVersion,
  ProtobufSyntaxError,
  quote,
  StatusError,
} from '@fairlead/apimachinery'
import { type KindDescription, TypeMismatchError } from '@fairlead/openapi'
import { acceptedApiVersions, unconvertible } from './body-kind.ts'
import type { WireFormat } from './media-type.ts'
import { BodySyntaxError, type ReadBody, readBody } from './read-body.ts'
import type { KindFinder } from './render-error.ts'
import { sortKeys } from './sort-keys.ts'
import { strictErrorTexts, strictProblems } from './strict-problems.ts'
import type { FieldValidation } from './strict-problems.ts'
import type { WarningRecorder } from '../request/warning-recorder.ts'

/** What a body is decoded as. */
export interface DecodeTarget {
  readonly kind: KindDescription
  readonly format: WireFormat
  readonly fieldValidation: FieldValidation
  readonly warnings: WarningRecorder
  readonly findKind: KindFinder
}

/**
 * Decodes the body of a create or update: known fields only, defaults set, kind and apiVersion those of the endpoint.
 * Unknown and duplicate fields are warned of, refused or ignored. Throws BadRequest.
 */
export function decodeObject(bytes: Uint8Array, target: DecodeTarget): KubeObject {
  const { kind, format, fieldValidation } = target
  let body: ReadBody
  try {
    body = readBody(bytes, format, { duplicates: fieldValidation !== 'Ignore' })
  } catch (error) {
    if (!(error instanceof BodySyntaxError)) throw error
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): ${error.message} (${summarize(bytes)})`,
    )
  }
  const apiVersion = body.apiVersion === '' ? formatGroupVersion(kind) : body.apiVersion
  const bodyKind = body.kind === '' ? kind.kind : body.kind
  const fail = (detail: string): StatusError => {
    const version = parseGroupVersion(apiVersion)?.version ?? ''
    return badRequest(`${bodyKind} in version ${quote(version)} cannot be handled as a ${kind.kind}: ${detail}`)
  }
  const problem = unconvertible({ apiVersion, kind: bodyKind }, kind, target.findKind)
  if (problem !== undefined) throw fail(problem)
  checkApiVersion(apiVersion, kind)
  const decoded = decodeFields(body, kind, fail)
  if (fieldValidation !== 'Ignore' && body.format !== 'protobuf') {
    const problems = strictProblems(body.object, decoded.unknownFields, body)
    if (problems.length > 0) {
      if (fieldValidation === 'Strict') throw fail(strictErrorTexts(problems))
      for (const { warnings } of problems) for (const text of warnings) target.warnings.add(text)
    }
  }
  return decoded.object as KubeObject
}

function checkApiVersion(apiVersion: string, kind: KindDescription): void {
  if (acceptedApiVersions(kind).includes(apiVersion)) return
  throw badRequest(
    `the API version in the data (${apiVersion}) does not match the expected API version (${formatGroupVersion(kind)})`,
  )
}

function decodeFields(
  body: ReadBody,
  kind: KindDescription,
  fail: (detail: string) => StatusError,
): ReturnType<KindDescription['decode']> {
  try {
    return kind.decode({ ...fieldsOf(body, kind), kind: kind.kind, apiVersion: formatGroupVersion(kind) })
  } catch (error) {
    if (error instanceof TypeMismatchError || error instanceof ProtobufSyntaxError) throw fail(error.message)
    throw error
  }
}

/** YAML is read by way of JSON with sorted keys; that decides the order in which its unknown fields are reported. */
function fieldsOf(body: ReadBody, kind: KindDescription): JsonObject {
  switch (body.format) {
    case 'protobuf':
      return kind.protobuf?.decode(body.raw) ?? {}
    case 'yaml':
      return sortKeys(body.object)
    case 'json':
      return body.object
  }
}

const summaryLength = 30

/** The beginning of a body for messages: as text when it looks like JSON, otherwise in hexadecimal. */
function summarize(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>'
  const start = Buffer.from(bytes.subarray(0, summaryLength))
  const text = bytes[0] === 0x7b ? start.toString('utf8') : start.toString('hex')
  return bytes.length > summaryLength ? `${text} ...` : text
}
