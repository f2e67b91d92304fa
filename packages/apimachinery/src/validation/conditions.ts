import { duplicate, type FieldError, invalidValue, notSupported, required, tooLong } from '../field/error.ts'
import type { FieldPath } from '../field/path.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { utf8Length } from '../text/utf8.ts'
import { validateLabelName } from './label-maps.ts'
import { regexText } from './texts.ts'

const statuses = ['False', 'True', 'Unknown']
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonRegex = /^(?:[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?)$/
const reasonRule =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
const maxReasonBytes = 1024
const maxMessageBytes = 32 * 1024

/** Problems of a list of meta/v1 Conditions; each type may stand once. */
export function validateConditions(conditions: readonly JsonObject[], path: FieldPath): FieldError[] {
  const seen = new Set<string>()
  return conditions.flatMap((condition, i) => {
    const type = textOf(condition['type'])
    const errors = seen.has(type) ? [duplicate(path.index(i).child('type'), type)] : []
    seen.add(type)
    return [...errors, ...validateCondition(condition, path.index(i))]
  })
}

function validateCondition(condition: JsonObject, path: FieldPath): FieldError[] {
  const errors = validateLabelName(textOf(condition['type']), path.child('type'))
  const status = textOf(condition['status'])
  if (!statuses.includes(status)) errors.push(notSupported(path.child('status'), status, statuses))
  const generation = condition['observedGeneration']
  if ((typeof generation === 'number' || typeof generation === 'bigint') && generation < 0) {
    errors.push(invalidValue(path.child('observedGeneration'), generation, 'must be greater than or equal to zero'))
  }
  if (textOf(condition['lastTransitionTime']) === '') errors.push(required(path.child('lastTransitionTime'), ''))
  errors.push(...reasonErrors(textOf(condition['reason']), path.child('reason')))
  const message = textOf(condition['message'])
  if (utf8Length(message) > maxMessageBytes) errors.push(tooLong(path.child('message'), message, maxMessageBytes))
  return errors
}

function reasonErrors(reason: string, path: FieldPath): FieldError[] {
  if (reason === '') return [required(path, '')]
  const errors: FieldError[] = []
  if (!reasonRegex.test(reason)) {
    const examples = ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB']
    errors.push(invalidValue(path, reason, regexText(reasonRule, reasonPattern, ...examples)))
  }
  if (utf8Length(reason) > maxReasonBytes) errors.push(tooLong(path, reason, maxReasonBytes))
  return errors
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
