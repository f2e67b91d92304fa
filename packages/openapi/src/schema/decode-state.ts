import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import type { FieldSchema, StructSchema } from './schema.ts'
import { TypeMismatchError } from './type-mismatch-error.ts'

/** Structs inside structs beyond this are refused, so that hostile recursive schemas cannot exhaust the stack. */
const maxDepth = 300

/** One decoding in progress. */
export interface DecodeState {
  /** The fields, list indexes and map keys that lead to the current struct. */
  readonly path: (FieldSchema | number | string)[]
  /** The field whose value, or an element of it, is being read; undefined only before the first one. */
  field: FieldSchema | undefined
  /** The Go type of what is being read. */
  goType: string
  depth: number
  /** Some object had a field that its schema does not declare. */
  unknown: boolean
  /** Reads a struct; for the plain forms that may hold one. */
  readonly readStruct: (schema: StructSchema, body: JsonObject, state: DecodeState) => JsonObject
}

export function newDecodeState(readStruct: DecodeState['readStruct'], depth = 0): DecodeState {
  return { path: [], field: undefined, goType: '', depth, unknown: false, readStruct }
}

/** Enters a struct. Throws `TypeMismatchError` when it lies too deep. */
export function enterStruct(state: DecodeState): void {
  state.depth += 1
  if (state.depth > maxDepth) throw new TypeMismatchError('exceeded max depth')
}

/** The error for the value that is being read, of which messages say `found`. */
export function mismatch(state: DecodeState, found: string, goType: string = state.goType): TypeMismatchError {
  const fields = state.path.filter((step) => typeof step === 'object')
  const { field } = state
  if (field !== undefined && fields.at(-1) !== field) fields.push(field)
  const path = fields.map((step) => step.goPath).join('.')
  return new TypeMismatchError(
    `json: cannot unmarshal ${found} into Go struct field ${field?.owner ?? ''}.${path} of type ${goType}`,
    { found, goType },
  )
}

/** How messages call a value of the wrong JSON type. */
export function foundText(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'number'
    default:
      return value === null ? 'null' : Array.isArray(value) ? 'array' : 'object'
  }
}
