import { JsonSyntaxError } from '../json/syntax-error.ts'
import { isJsonObject } from '../json/objects.ts'
import { parseJsonStrict } from '../json/parse.ts'
import type { Scanned } from '../json/scanner.ts'
import { badRequest, requestEntityTooLarge } from '../errors/reasons.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { quote } from '../text/quote.ts'

/** The operations of a JSON patch as they were sent: what is wrong with one shows when it is applied. */
export type JsonPatchOperations = readonly (JsonObject | null)[]

/** A JSON patch and what strict field validation has to say about it. */
export interface ParsedJsonPatch {
  readonly ops: JsonPatchOperations
  /** Such as `json patch unknown field "[0].foo"`; always empty when not strict. */
  readonly strictErrors: readonly string[]
}

const maxOperations = 10_000
const textFields: ReadonlySet<string> = new Set(['op', 'path', 'from'])

/**
 * Reads the body of a JSON patch. Throws BadRequest for what is no list of operations, and RequestEntityTooLarge for more
 * than 10,000 of them. `strict` (the default) is for the field validations Warn and Strict; Ignore reads more leniently.
 */
export function parseJsonPatch(
  input: Uint8Array | string,
  options: { readonly strict?: boolean } = {},
): ParsedJsonPatch {
  const strict = options.strict ?? true
  const { value, duplicates } = scan(input, strict)
  const ops = value ?? []
  if (!Array.isArray(ops)) throw mismatch(ops, strict ? '[]handlers.jsonPatchOp' : 'jsonpatch.Patch', strict)
  for (const op of ops) checkOperation(op, strict)
  if (ops.length > maxOperations) {
    throw requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${ops.length}`)
  }
  const operations = ops as JsonPatchOperations
  return { ops: operations, strictErrors: strict ? strictErrorsOf(operations, duplicates) : [] }
}

function scan(input: Uint8Array | string, strict: boolean): Scanned {
  try {
    return parseJsonStrict(input)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw badRequest(`${strict ? 'error decoding patch: ' : ''}${error.message}`)
  }
}

function checkOperation(op: JsonValue, strict: boolean): void {
  if (op === null) return
  if (!isJsonObject(op)) throw mismatch(op, strict ? 'handlers.jsonPatchOp' : 'jsonpatch.Operation', strict)
  if (!strict) return
  for (const field of textFields) {
    const value = op[field]
    if (value === undefined || value === null || typeof value === 'string') continue
    throw mismatch(value, 'string', strict, `Go struct field jsonPatchOp.${field} of type`)
  }
}

function mismatch(value: JsonValue, type: string, strict: boolean, target = 'Go value of type'): Error {
  return badRequest(
    `${strict ? 'error decoding patch: ' : ''}json: cannot unmarshal ${jsonKind(value)} into ${target} ${type}`,
  )
}

function jsonKind(value: JsonValue): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'bigint' ? 'number' : typeof value
}

/** Operation by operation: unknown fields, then repeated ones. A field that is both counts as unknown. */
function strictErrorsOf(ops: JsonPatchOperations, duplicates: readonly string[]): string[] {
  const repeated = new Map<number, string[]>()
  for (const path of duplicates) {
    const [, index, field] = /^\[(\d+)\]\.([^.[]*)/.exec(path) ?? []
    if (index === undefined || field === undefined || !isKnown(field)) continue
    const paths = repeated.get(Number(index)) ?? []
    repeated.set(Number(index), [...paths, path])
  }
  return ops.flatMap((op, index) => [
    ...Object.keys(op ?? {})
      .filter((field) => !isKnown(field))
      .map((field) => `json patch unknown field ${quote(`[${index}].${field}`)}`),
    ...(repeated.get(index) ?? []).map((path) => `json patch duplicate field ${quote(path)}`),
  ])
}

function isKnown(field: string): boolean {
  return field === 'value' || textFields.has(field)
}
