import { badRequest } from '../errors/reasons.ts'
import { type FieldError, forbiddenField, invalidValue, required } from '../field/error.ts'
import type { FieldPath } from '../field/path.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { quote } from '../text/quote.ts'
import { validateLabelName, validateLabels } from '../validation/label-maps.ts'
import { isValidLabelValue } from '../validation/labels.ts'
import { type LabelOperator, type LabelRequirement, requirementProblems } from './label-requirement.ts'
import { everything, type LabelSelector, labelSelector, nothing } from './label-selector.ts'

const operators: ReadonlyMap<string, LabelOperator> = new Map<string, LabelOperator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
])

/**
 * The selector that a meta/v1 LabelSelector object means. Without an object it selects nothing; an empty object selects
 * everything. Throws a BadRequest StatusError for an object that `validateLabelSelectorObject` objects to.
 */
export function labelSelectorFromObject(object: JsonObject | null | undefined): LabelSelector {
  if (object === null || object === undefined) return nothing()
  const requirements = [
    ...Object.entries(stringMap(object['matchLabels'])).map(([key, value]) => equality(key, value)),
    ...expressionsOf(object).map(requirementOf),
  ]
  return requirements.length === 0 ? everything() : labelSelector(requirements.map(checked))
}

/** The selector of objects that have all these labels, as in a Service. An empty map selects everything. */
export function labelSelectorFromMap(labels: Readonly<Record<string, string>>): LabelSelector {
  return labelSelector(Object.entries(labels).map(([key, value]) => equality(key, value)))
}

/** What validateLabelSelectorObject lets pass. */
export interface LabelSelectorValidationOptions {
  /** For objects stored before values were checked. */
  readonly allowInvalidValues?: boolean
}

/** Problems of a meta/v1 LabelSelector object. Without an object there are none. */
export function validateLabelSelectorObject(
  object: JsonObject | null | undefined,
  path: FieldPath,
  options: LabelSelectorValidationOptions = {},
): FieldError[] {
  if (object === null || object === undefined) return []
  return [
    ...validateLabels(stringMap(object['matchLabels']), path.child('matchLabels')),
    ...expressionsOf(object).flatMap((expression, i) =>
      validateExpression(expression, path.child('matchExpressions').index(i), options),
    ),
  ]
}

function validateExpression(
  { key, operator, values }: Expression,
  path: FieldPath,
  options: LabelSelectorValidationOptions,
): FieldError[] {
  const errors = operatorErrors(operator, values, path)
  errors.push(...validateLabelName(key, path.child('key')))
  if (options.allowInvalidValues) return errors
  for (const [i, value] of values.entries()) {
    const valuePath = path.child('values').index(i)
    errors.push(...isValidLabelValue(value).map((problem) => invalidValue(valuePath, value, problem)))
  }
  return errors
}

function operatorErrors(operator: string, values: readonly string[], path: FieldPath): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return []
      return [required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return []
      return [
        forbiddenField(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      ]
    default:
      return [invalidValue(path.child('operator'), operator, 'not a valid selector operator')]
  }
}

interface Expression {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

function expressionsOf(object: JsonObject): Expression[] {
  const list = object['matchExpressions']
  return Array.isArray(list) ? list.map(expressionOf) : []
}

function expressionOf(value: JsonValue): Expression {
  const object = isObject(value) ? value : {}
  const values = object['values']
  return {
    key: stringOr(object['key']),
    operator: stringOr(object['operator']),
    values: Array.isArray(values) ? values.map(stringOr) : [],
  }
}

function requirementOf({ key, operator: name, values }: Expression): LabelRequirement {
  const operator = operators.get(name)
  if (operator === undefined) throw badRequest(`${quote(name)} is not a valid label selector operator`)
  return { key, operator, values }
}

function equality(key: string, value: string): LabelRequirement {
  return { key, operator: '=', values: [value] }
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const problems = requirementProblems(requirement)
  if (problems !== '') throw badRequest(problems)
  return requirement
}

function stringMap(value: JsonValue | undefined): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, stringOr(entry)]))
}

function stringOr(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
