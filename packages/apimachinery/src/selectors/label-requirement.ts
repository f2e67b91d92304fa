import { aggregateFieldErrors } from '../field/format.ts'
import { type FieldError, invalidValue } from '../field/error.ts'
import { isQualifiedName, isValidLabelValue } from '../validation/labels.ts'

/** How a requirement compares; `=` and `==` mean the same and print as they were written. */
export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

/** One condition on one label. */
export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelOperator
  /** One for `=`, `==`, `!=`, `gt`, `lt`; at least one for `in`, `notin`; none for `exists`, `!`. */
  readonly values: readonly string[]
}

/** The labels of an object; absent means none. */
export type Labels = Readonly<Record<string, string>> | undefined

/** Whether labels fulfil a requirement. `!=` and `notin` accept a missing key; `gt` and `lt` need 64-bit integers. */
export function matchesRequirement(requirement: LabelRequirement, labels: Labels): boolean {
  const { key, operator, values } = requirement
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
    case 'lt':
      return value !== undefined && comparesTo(operator, value, values[0] ?? '')
  }
}

/** The requirement in the syntax that `parseLabelSelector` reads. */
export function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case '=':
    case '==':
    case '!=':
      return `${key}${operator}${values.join(',')}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'gt':
      return `${key}>${values.join(',')}`
    case 'lt':
      return `${key}<${values.join(',')}`
  }
}

/** What is wrong with a requirement, as one line. Empty when nothing is. */
export function requirementProblems({ key, operator, values }: LabelRequirement): string {
  const errors: FieldError[] = []
  const keyProblems = isQualifiedName(key)
  if (keyProblems.length > 0) errors.push(invalidValue('key', key, keyProblems.join('; ')))
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    errors.push(invalidValue('values', values, "for 'in', 'notin' operators, values set can't be empty"))
  }
  if ((operator === 'exists' || operator === '!') && values.length > 0) {
    errors.push(invalidValue('values', values, 'values set must be empty for exists and does not exist'))
  }
  for (const [i, value] of values.entries()) {
    if ((operator === 'gt' || operator === 'lt') && parseInt64(value) === undefined) {
      errors.push(invalidValue(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    }
  }
  for (const [i, value] of values.entries()) {
    const problems = isValidLabelValue(value)
    if (problems.length > 0) errors.push(invalidValue(`values[${i}][${key}]`, value, problems.join('; ')))
  }
  return aggregateFieldErrors(errors)
}

function comparesTo(operator: 'gt' | 'lt', value: string, bound: string): boolean {
  const left = parseInt64(value)
  const right = parseInt64(bound)
  if (left === undefined || right === undefined) return false
  return operator === 'gt' ? left > right : left < right
}

function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return BigInt.asIntN(64, value) === value ? value : undefined
}
