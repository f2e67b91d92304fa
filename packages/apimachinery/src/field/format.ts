import { formatNumber } from '../text/number.ts'
import { quote } from '../text/quote.ts'
import type { FieldError, FieldErrorType } from './error.ts'

interface Label {
  readonly text: string
  readonly showsValue: boolean
}

const labels: Readonly<Record<FieldErrorType, Label>> = {
  FieldValueNotFound: { text: 'Not found', showsValue: true },
  FieldValueRequired: { text: 'Required value', showsValue: false },
  FieldValueDuplicate: { text: 'Duplicate value', showsValue: true },
  FieldValueInvalid: { text: 'Invalid value', showsValue: true },
  FieldValueTypeInvalid: { text: 'Invalid value', showsValue: true },
  FieldValueNotSupported: { text: 'Unsupported value', showsValue: true },
  FieldValueForbidden: { text: 'Forbidden', showsValue: false },
  FieldValueTooLong: { text: 'Too long', showsValue: false },
  FieldValueTooShort: { text: 'Too short', showsValue: false },
  FieldValueTooMany: { text: 'Too many', showsValue: true },
  FieldValueTooFew: { text: 'Too few', showsValue: true },
  InternalError: { text: 'Internal error', showsValue: false },
}

/** The error without its field: `Invalid value: "x": must be …`. This is the message of a Status cause. */
export function fieldErrorBody(error: FieldError): string {
  const label = labels[error.type]
  let body = label.text
  if (label.showsValue && error.badValue !== undefined) body += `: ${formatValue(error.badValue)}`
  return error.detail === '' ? body : `${body}: ${error.detail}`
}

/** The whole error: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorMessage(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`
}

/**
 * The errors as one line: a single one plain, several as `[a, b]`, in their order and without repetitions. Empty when
 * there are none.
 */
export function aggregateFieldErrors(errors: readonly FieldError[]): string {
  const messages = [...new Set(errors.map(fieldErrorMessage))]
  return messages.length > 1 ? `[${messages.join(', ')}]` : (messages[0] ?? '')
}

function formatValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
    case 'bigint':
      return formatNumber(value)
    case 'boolean':
      return String(value)
    default:
      return compactJson(value)
  }
}

const unsafeInJson = /[<>&\u2028\u2029]/g

function compactJson(value: unknown): string {
  return writeJson(value).replace(
    unsafeInJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function writeJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    if ('toJSON' in value && typeof value.toJSON === 'function') return writeJson(value.toJSON())
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
