import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  badRequest,
  encodeJson,
  formatGroupVersion,
  invalid,
  invalidValue,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  type KubeObject,
  parseJson,
  parseJsonPatch,
  parseJsonStrict,
} from '@fairlead/apimachinery'
import { type KindDescription, TypeMismatchError } from '@fairlead/openapi'
import { unknownBodyFormat } from '../../negotiation/body-format.ts'
import { duplicateField, patchProblems, strictErrorTexts } from '../../negotiation/strict-problems.ts'
import type { WarningRecorder } from '../../request/warning-recorder.ts'
import type { FieldValidation } from '../../negotiation/strict-problems.ts'
import { formatAsGoMap } from './go-map-text.ts'

/** The content types of patches that are taken. */
export type PatchFormat =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'

/** How a patch is applied. */
export interface PatchTarget {
  readonly format: PatchFormat
  readonly kind: KindDescription
  readonly fieldValidation: FieldValidation
  readonly warnings: WarningRecorder
}

/** Makes the patched object; both are in the version of the request, and the given one is left as it is. */
export type Patcher = (current: KubeObject) => KubeObject

/** The format that a Content-Type names, parameters left aside. Throws UnsupportedMediaType, also when there is none. */
export function patchFormat(contentType: string | undefined, strategic: boolean): PatchFormat {
  const formats: PatchFormat[] = ['application/json-patch+json', 'application/merge-patch+json']
  if (strategic) formats.push('application/strategic-merge-patch+json')
  const [mediaType] = (contentType ?? '').split(';', 1)
  const format = formats.find((known) => known === mediaType)
  if (format === undefined) throw unknownBodyFormat(formats)
  return format
}

/**
 * Reads a patch when it is first applied: an object that does not exist is reported before a patch that is malformed.
 * Applying throws BadRequest or RequestEntityTooLarge for a malformed patch, Invalid for one that does not fit the
 * object or leads to an object that does not decode.
 */
export function createPatcher(bytes: Uint8Array, target: PatchTarget): Patcher {
  let read: ParsedPatch | undefined
  return (current) => {
    read ??= parsePatch(bytes, target)
    const patched = read.apply(current)
    return decodePatched(patched, target, read)
  }
}

interface ParsedPatch {
  /** Texts of what Strict refuses in the patch itself. */
  readonly problems: readonly string[]
  apply(current: KubeObject): JsonValue
  /** The value that errors of the result are blamed on. */
  blamed(patched: JsonValue): string
}

function parsePatch(bytes: Uint8Array, { format, kind, fieldValidation }: PatchTarget): ParsedPatch {
  const strict = fieldValidation !== 'Ignore'
  if (format === 'application/json-patch+json') {
    const { ops, strictErrors } = parseJsonPatch(bytes)
    return {
      problems: strict ? strictErrors : [],
      apply: (current) => applyJsonPatch(current, ops),
      blamed: (patched) => encodeJson(patched),
    }
  }
  if (format === 'application/merge-patch+json') {
    const { value, problems } = parseMergePatch(bytes, strict, strict ? 'error decoding patch: ' : undefined)
    return {
      problems,
      apply: (current) => applyMergePatch(current, value),
      blamed: (patched) => encodeJson(patched),
    }
  }
  const { value, problems } = parseMergePatch(bytes, strict, '')
  const schema = kind.patchSchema
  if (schema === undefined) throw badRequest('strategic merge patch format is not supported')
  return {
    problems,
    apply: (current) => applyStrategicMergePatch(current, value, schema),
    blamed: () => formatAsGoMap(value),
  }
}

/** A patch that is an object. Without a prefix for messages, malformed ones get the message of a lenient decoder. */
function parseMergePatch(
  bytes: Uint8Array,
  strict: boolean,
  prefix: string | undefined,
): { readonly value: JsonObject; readonly problems: readonly string[] } {
  const refuse = (detail: string): Error =>
    badRequest(prefix === undefined ? 'Invalid JSON Patch' : `${prefix}${detail}`)
  try {
    const { value, duplicates } = strict ? parseJsonStrict(bytes) : { value: parseJson(bytes), duplicates: [] }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw refuse(`json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`)
    }
    return { value, problems: duplicates.map(duplicateField) }
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw refuse(error.message)
    throw error
  }
}

function decodePatched(patched: JsonValue, target: PatchTarget, patch: ParsedPatch): KubeObject {
  const { kind, fieldValidation, warnings } = target
  const refuse = (detail: string): Error =>
    invalid({ group: '', kind: '' }, '', [invalidValue('patch', patch.blamed(patched), detail)])
  if (patched === null || typeof patched !== 'object' || Array.isArray(patched)) {
    throw refuse(`json: cannot unmarshal ${jsonType(patched)} into Go value of type ${kind.kind}`)
  }
  for (const [field, expected] of [
    ['kind', kind.kind],
    ['apiVersion', formatGroupVersion(kind)],
  ] as const) {
    const value = patched[field] ?? expected
    if (value !== expected) throw refuse(`${field} must be ${expected}`)
  }
  let decoded: ReturnType<KindDescription['decode']>
  try {
    decoded = kind.decode({ ...patched, kind: kind.kind, apiVersion: formatGroupVersion(kind) })
  } catch (error) {
    if (error instanceof TypeMismatchError) throw refuse(error.message)
    throw error
  }
  if (fieldValidation !== 'Ignore') {
    const problems = patchProblems(patch.problems, decoded.unknownFields)
    if (problems.length > 0 && fieldValidation === 'Strict') throw refuse(strictErrorTexts(problems))
    for (const { text } of problems) warnings.add(text)
  }
  return decoded.object as KubeObject
}

function jsonType(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'bigint' ? 'number' : typeof value
}
