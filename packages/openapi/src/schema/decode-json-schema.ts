import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import { type DecodeState, foundText, mismatch, newDecodeState } from './decode-state.ts'
import type { PlainSchema, StructSchema } from './schema.ts'
import { TypeMismatchError } from './type-mismatch-error.ts'

/*
 * The forms of a CustomResourceDefinition's schema that hold either a schema or something else. Upstream reads what is
 * inside them with a decoder of its own: it reports no unknown fields, and messages name the outer field.
 */

/** A schema, or a list of schemas; anything else reads as nothing. */
export function decodeSchemaOrArray({ nested }: PlainSchema, value: JsonValue, state: DecodeState): JsonValue {
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return decodeNested(nested, value, state)
  if (value.length === 0) return null
  return value.map((element) => {
    if (typeof element !== 'object' || Array.isArray(element)) {
      throw mismatch(state, foundText(element), 'v1.JSONSchemaProps')
    }
    return decodeNested(nested, element ?? {}, state)
  })
}

/** A schema or a boolean. Throws `TypeMismatchError` for anything else. */
export function decodeSchemaOrBool({ nested }: PlainSchema, value: JsonValue, state: DecodeState): JsonValue {
  if (typeof value === 'boolean') return value
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return decodeNested(nested, value, state)
  throw new TypeMismatchError('boolean or JSON schema expected')
}

/** A schema, or a list of strings; anything else reads as nothing. */
export function decodeSchemaOrStrings({ nested }: PlainSchema, value: JsonValue, state: DecodeState): JsonValue {
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return decodeNested(nested, value, state)
  if (value.length === 0) return null
  return value.map((element) => {
    if (element === null) return ''
    if (typeof element === 'string') return element
    throw mismatch(state, foundText(element), 'string')
  })
}

function decodeNested(nested: StructSchema | undefined, value: JsonObject, state: DecodeState): JsonObject {
  try {
    return state.readStruct(nested as StructSchema, value, newDecodeState(state.readStruct, state.depth))
  } catch (error) {
    if (!(error instanceof TypeMismatchError) || error.mismatch === undefined) throw error
    throw mismatch(state, error.mismatch.found, error.mismatch.goType)
  }
}
