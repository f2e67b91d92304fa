import { quote } from '../text/quote.ts'
import type { FieldPath } from './path.ts'

/** What is wrong with a value. It stands in a Status as the `reason` of a cause. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooShort'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'InternalError'

/** One problem of one field. Make it with the functions of this file; print it with `fieldErrorMessage`. */
export interface FieldError {
  readonly type: FieldErrorType
  /** The path as text; `<nil>` when the problem belongs to no field. */
  readonly field: string
  /** Printed for the types that show a value. Absent: no value is printed. */
  readonly badValue?: unknown
  /** Says what was expected. May be empty. */
  readonly detail: string
}

/** A path, its text, or nothing (prints `<nil>`). */
export type FieldPathLike = FieldPath | string | undefined

/** A value is missing. Prints `Required value[: detail]`. */
export function required(path: FieldPathLike, detail: string): FieldError {
  return { type: 'FieldValueRequired', field: text(path), detail }
}

/** A malformed value. Prints `Invalid value: <value>[: detail]`; `undefined` prints as `null`. */
export function invalidValue(path: FieldPathLike, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: text(path), badValue: shown(value), detail }
}

/** A value of the wrong type. Prints like `invalidValue`, but the cause's reason is FieldValueTypeInvalid. */
export function typeInvalid(path: FieldPathLike, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field: text(path), badValue: shown(value), detail }
}

/** A value outside an enumeration. The supported values print quoted, in the given order. */
export function notSupported(path: FieldPathLike, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(quote).join(', ')}`
  return { type: 'FieldValueNotSupported', field: text(path), badValue: shown(value), detail }
}

/** A value that must be unique stands twice. */
export function duplicate(path: FieldPathLike, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field: text(path), badValue: shown(value), detail: '' }
}

/** A value refers to something that does not exist. Prints `Not found: <value>`. */
export function notFoundValue(path: FieldPathLike, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field: text(path), badValue: shown(value), detail: '' }
}

/** A well-formed value that is not permitted here and now. Prints no value. */
export function forbiddenField(path: FieldPathLike, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field: text(path), detail }
}

/** More than `maxBytes` bytes. The value itself is not printed. A negative maximum is not named. */
export function tooLong(path: FieldPathLike, _value: unknown, maxBytes: number): FieldError {
  return { type: 'FieldValueTooLong', field: text(path), detail: atMost(maxBytes, 'byte') }
}

/** More than `maxCharacters` characters. The value itself is not printed. A negative maximum is not named. */
export function tooLongCharacters(path: FieldPathLike, _value: unknown, maxCharacters: number): FieldError {
  return { type: 'FieldValueTooLong', field: text(path), detail: atMost(maxCharacters, 'character') }
}

/** Fewer than `minCharacters` characters. Prints no value. */
export function tooShort(path: FieldPathLike, value: unknown, minCharacters: number): FieldError {
  const detail = minCharacters < 0 ? 'value is too short' : `must be at least ${plural(minCharacters, 'character')}`
  return { type: 'FieldValueTooShort', field: text(path), badValue: shown(value), detail }
}

/** More than `max` items. Prints `count` unless it is negative. */
export function tooMany(path: FieldPathLike, count: number, max: number): FieldError {
  const detail = max < 0 ? 'has too many items' : `must have at most ${plural(max, 'item')}`
  return { type: 'FieldValueTooMany', field: text(path), ...(count >= 0 && { badValue: count }), detail }
}

/** Fewer than `min` items. Prints `count` unless it is negative. */
export function tooFew(path: FieldPathLike, count: number, min: number): FieldError {
  const detail = min < 0 ? 'has too few items' : `must have at least ${plural(min, 'item')}`
  return { type: 'FieldValueTooFew', field: text(path), ...(count >= 0 && { badValue: count }), detail }
}

/** The value could not be checked, for a reason that is not the client's. */
export function internalFieldError(path: FieldPathLike, detail: string): FieldError {
  return { type: 'InternalError', field: text(path), detail }
}

function text(path: FieldPathLike): string {
  return path === undefined ? '<nil>' : path.toString()
}

function shown(value: unknown): unknown {
  return value === undefined ? null : value
}

function atMost(max: number, unit: string): string {
  return max < 0 ? 'value is too long' : `may not be more than ${plural(max, unit)}`
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
