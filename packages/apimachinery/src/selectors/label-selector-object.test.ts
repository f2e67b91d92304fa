import { expect, test } from 'vitest'
import { fieldErrorMessage } from '../field/format.ts'
import { fieldPath } from '../field/path.ts'
import type { JsonObject } from '../meta/object.ts'
import { labelSelectorFromMap, labelSelectorFromObject, validateLabelSelectorObject } from './label-selector-object.ts'

function expression(key: string, operator: string, values?: string[]): JsonObject {
  return { matchExpressions: [{ key, operator, ...(values && { values }) }] }
}

test('no object selects nothing, an empty one everything', () => {
  expect(labelSelectorFromObject(undefined).matches({ a: 'b' })).toBe(false)
  expect(labelSelectorFromObject(null).matches({})).toBe(false)
  expect(labelSelectorFromObject({}).matches({})).toBe(true)
  expect(labelSelectorFromObject({ matchLabels: {}, matchExpressions: [] }).empty).toBe(true)
})

test.each<[JsonObject, string]>([
  [{ matchLabels: { b: '2', a: '1' } }, 'a=1,b=2'],
  [{ matchLabels: { z: '1' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }] }, 'a in (x,y),z=1'],
  [expression('a', 'NotIn', ['x']), 'a notin (x)'],
  [expression('a', 'Exists'), 'a'],
  [expression('a', 'DoesNotExist'), '!a'],
])('%j means %j', (object, text) => {
  expect(labelSelectorFromObject(object).toString()).toBe(text)
  expect(validateLabelSelectorObject(object, fieldPath('s'))).toEqual([])
})

test.each<[JsonObject, string]>([
  [
    expression('a', 'In'),
    "s.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ],
  [
    expression('a', 'Exists', ['x']),
    "s.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
  ],
  [expression('a', 'Is'), 's.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator'],
  [expression('a', 'In', ['-']), 's.matchExpressions[0].values[0]: Invalid value: "-": a valid label must be'],
  [expression('', 'Exists'), 's.matchExpressions[0].key: Invalid value: "": name part must be non-empty'],
  [{ matchLabels: { a: '-' } }, 's.matchLabels: Invalid value: "-": a valid label must be'],
])('%j is refused', (object, message) => {
  expect(fieldErrorMessage(validateLabelSelectorObject(object, fieldPath('s'))[0]!)).toContain(message)
  expect(() => labelSelectorFromObject(object)).toThrow()
})

test('invalid values pass where they are allowed', () => {
  const object = expression('a', 'In', ['-'])
  expect(validateLabelSelectorObject(object, fieldPath('s'), { allowInvalidValues: true })).toEqual([])
})

test('a plain map asks for equality', () => {
  expect(labelSelectorFromMap({ b: '', a: '1' }).toString()).toBe('a=1,b=')
  expect(labelSelectorFromMap({}).empty).toBe(true)
})
