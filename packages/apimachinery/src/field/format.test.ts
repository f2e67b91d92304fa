import { expect, test } from 'vitest'
import {
  duplicate,
  type FieldError,
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
} from './error.ts'
import { aggregateFieldErrors, fieldErrorBody, fieldErrorMessage } from './format.ts'
import { fieldPath } from './path.ts'

const path = fieldPath('spec', 'x')

test.each<[FieldError, string, string]>([
  [required(path, ''), 'FieldValueRequired', 'Required value'],
  [required(path, 'why'), 'FieldValueRequired', 'Required value: why'],
  [invalidValue(path, 'a"b', 'bad'), 'FieldValueInvalid', 'Invalid value: "a\\"b": bad'],
  [invalidValue(path, -1, ''), 'FieldValueInvalid', 'Invalid value: -1'],
  [invalidValue(path, true, 'bad'), 'FieldValueInvalid', 'Invalid value: true: bad'],
  [invalidValue(path, undefined, 'bad'), 'FieldValueInvalid', 'Invalid value: null: bad'],
  [invalidValue(path, 2n ** 62n, 'bad'), 'FieldValueInvalid', 'Invalid value: 4611686018427387904: bad'],
  [
    invalidValue(path, { a: '<', b: [1, 2n] }, 'bad'),
    'FieldValueInvalid',
    'Invalid value: {"a":"\\u003c","b":[1,2]}: bad',
  ],
  [typeInvalid(path, 'string', 'bad'), 'FieldValueTypeInvalid', 'Invalid value: "string": bad'],
  [notSupported(path, 'x', ['a', 'b']), 'FieldValueNotSupported', 'Unsupported value: "x": supported values: "a", "b"'],
  [notSupported(path, ['x'], []), 'FieldValueNotSupported', 'Unsupported value: ["x"]'],
  [duplicate(path, 'x'), 'FieldValueDuplicate', 'Duplicate value: "x"'],
  [notFoundValue(path, 'x'), 'FieldValueNotFound', 'Not found: "x"'],
  [forbiddenField(path, 'no'), 'FieldValueForbidden', 'Forbidden: no'],
  [tooLong(path, '', 128), 'FieldValueTooLong', 'Too long: may not be more than 128 bytes'],
  [tooLong(path, '', 1), 'FieldValueTooLong', 'Too long: may not be more than 1 byte'],
  [tooLong(path, '', -1), 'FieldValueTooLong', 'Too long: value is too long'],
  [tooLongCharacters(path, '', 2), 'FieldValueTooLong', 'Too long: may not be more than 2 characters'],
  [tooShort(path, '', 1), 'FieldValueTooShort', 'Too short: must be at least 1 character'],
  [tooMany(path, 3, 1), 'FieldValueTooMany', 'Too many: 3: must have at most 1 item'],
  [tooMany(path, -1, 2), 'FieldValueTooMany', 'Too many: must have at most 2 items'],
  [tooFew(path, 0, 1), 'FieldValueTooFew', 'Too few: 0: must have at least 1 item'],
  [internalFieldError(path, 'broken'), 'InternalError', 'Internal error: broken'],
])('prints error %#', (error, type, body) => {
  expect(error.type).toBe(type)
  expect(fieldErrorBody(error)).toBe(body)
  expect(fieldErrorMessage(error)).toBe(`spec.x: ${body}`)
})

test('aggregates plainly, in brackets, and without repetitions', () => {
  const [a, b] = [required('a', ''), required('b', '')]
  expect(aggregateFieldErrors([])).toBe('')
  expect(aggregateFieldErrors([a, a])).toBe('a: Required value')
  expect(aggregateFieldErrors([b, a, b])).toBe('[b: Required value, a: Required value]')
})

test('paths print names, indexes and keys; no path prints <nil>', () => {
  expect(fieldPath('spec').child('containers').index(0).child('env', 'x').key('a.b/c').toString()).toBe(
    'spec.containers[0].env.x[a.b/c]',
  )
  expect(required(undefined, '').field).toBe('<nil>')
})
