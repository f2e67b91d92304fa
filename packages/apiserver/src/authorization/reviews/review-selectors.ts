import {
  type JsonObject,
  labelSelectorFromObject,
  parseFieldSelector,
  parseLabelSelector,
} from '@fairlead/apimachinery'
import { objectAt, objectsAt, stringAt, stringsAt } from '../../values/read.ts'

/** A selector of an access review as a request would carry it. */
export interface ReviewSelector {
  /** Undefined when nothing of it can be used. */
  readonly selector?: string
  /** What to tell about the parts that were left out; a check without them is the stricter one to pass. */
  readonly problem?: string
}

/** Reads `fieldSelector` of resource attributes. */
export function reviewFieldSelector(attributes: JsonObject): ReviewSelector {
  const given = objectAt(attributes, 'fieldSelector')
  if (given === undefined) return {}
  const raw = stringAt(given, 'rawSelector')
  if (raw !== '') return parsed(raw, 'fieldSelector', (text) => parseFieldSelector(text).toString())
  const requirements = objectsAt(given, 'requirements')
  const used = requirements.flatMap((requirement) => {
    const values = stringsAt(requirement, 'values')
    const operator = { In: '=', NotIn: '!=' }[stringAt(requirement, 'operator')]
    const [value = ''] = values
    if (operator === undefined || values.length !== 1) return []
    return [`${stringAt(requirement, 'key')}${operator}${value.replaceAll(/[\\,=]/g, String.raw`\$&`)}`]
  })
  return combined(used, requirements.length, 'fieldSelector')
}

/** Reads `labelSelector` of resource attributes. */
export function reviewLabelSelector(attributes: JsonObject): ReviewSelector {
  const given = objectAt(attributes, 'labelSelector')
  if (given === undefined) return {}
  const raw = stringAt(given, 'rawSelector')
  if (raw !== '') return parsed(raw, 'labelSelector', (text) => parseLabelSelector(text).toString())
  const requirements = objectsAt(given, 'requirements')
  const used = requirements.flatMap((requirement) => {
    const { selector } = parsed('x', 'labelSelector', () =>
      parseLabelSelector(labelSelectorFromObject({ matchExpressions: [requirement] }).toString()).toString(),
    )
    return selector === undefined ? [] : [selector]
  })
  return combined(used, requirements.length, 'labelSelector')
}

function parsed(text: string, field: string, parse: (text: string) => string): ReviewSelector {
  try {
    return { selector: parse(text) }
  } catch (error) {
    if (error instanceof Error) return { problem: `spec.resourceAttributes.${field} ignored due to parse error` }
    throw error
  }
}

function combined(used: readonly string[], asked: number, field: string): ReviewSelector {
  const ignored = used.length === 0 ? 'ignored' : 'partially ignored'
  return {
    ...(used.length === 0 ? {} : { selector: used.join(',') }),
    ...(used.length === asked ? {} : { problem: `spec.resourceAttributes.${field} ${ignored} due to parse error` }),
  }
}
