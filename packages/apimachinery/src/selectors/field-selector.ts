import { badRequest } from '../errors/reasons.ts'

/** One condition on one field of an object. */
export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/** A condition on fields of an object: all its requirements hold. */
export interface FieldSelector {
  /** A field that is not there compares as the empty string. */
  matches(fields: Readonly<Record<string, string>>): boolean
  /** Selects everything. */
  readonly empty: boolean
  readonly requirements: readonly FieldRequirement[]
  /** The value that the field must have, when the selector fixes one. */
  requiresExactMatch(field: string): string | undefined
  /**
   * The selector with each field and value replaced by what `fn` makes of it. A requirement for which both come back
   * empty is dropped. What `fn` throws comes through: this is how unsupported fields are refused.
   */
  transform(fn: (field: string, value: string) => readonly [field: string, value: string]): FieldSelector
  /** The text that `parseFieldSelector` reads as this selector. */
  toString(): string
}

/** The selector with these requirements. */
export function fieldSelector(requirements: readonly FieldRequirement[]): FieldSelector {
  return {
    requirements,
    empty: requirements.length === 0,
    matches: (fields) =>
      requirements.every(({ field, operator, value }) => (valueOf(fields, field) === value) === (operator === '=')),
    requiresExactMatch: (field) =>
      requirements.find((requirement) => requirement.operator === '=' && requirement.field === field)?.value,
    transform: (fn) => fieldSelector(requirements.flatMap((requirement) => transformed(requirement, fn))),
    toString: () =>
      requirements.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(','),
  }
}

const all = fieldSelector([])

/** The selector that every object matches. */
export function everyField(): FieldSelector {
  return all
}

/**
 * Reads a field selector such as `metadata.name=web,status.phase!=Failed`. Terms come out sorted by their text;
 * empty ones, and those with neither field nor value, are ignored. Throws a BadRequest StatusError for a term without an operator or with a wrongly escaped value.
 */
export function parseFieldSelector(selector: string): FieldSelector {
  const terms = splitTerms(selector).filter((term) => term !== '')
  const requirements = terms.sort().map((term) => parseTerm(term, selector))
  return fieldSelector(requirements.filter(({ field, value }) => field !== '' || value !== ''))
}

/** The value as it stands in the text of a field selector: `\`, `,` and `=` get a backslash in front. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, (character) => `\\${character}`)
}

function valueOf(fields: Readonly<Record<string, string>>, field: string): string {
  return Object.hasOwn(fields, field) ? (fields[field] ?? '') : ''
}

function transformed(
  requirement: FieldRequirement,
  fn: (field: string, value: string) => readonly [field: string, value: string],
): FieldRequirement[] {
  const [field, value] = fn(requirement.field, requirement.value)
  return field === '' && value === '' ? [] : [{ field, operator: requirement.operator, value }]
}

function splitTerms(selector: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let i = 0; i < selector.length; i++) {
    const character = selector[i]
    if (character === '\\') {
      i++
    } else if (character === ',') {
      terms.push(selector.slice(start, i))
      start = i + 1
    }
  }
  return [...terms, selector.slice(start)]
}

const operatorPattern = /!=|==|=/

function parseTerm(term: string, selector: string): FieldRequirement {
  const match = operatorPattern.exec(term)
  if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`)
  const [operator] = match
  const value = unescape(term.slice(match.index + operator.length))
  return { field: term.slice(0, match.index), operator: operator === '!=' ? '!=' : '=', value }
}

function unescape(text: string): string {
  if (!/[\\,=]/.test(text)) return text
  let value = ''
  let escaped = false
  for (const character of text) {
    if (escaped) {
      if (!'\\,='.includes(character)) throw badEscape(character)
      value += character
      escaped = false
    } else if (character === '\\') {
      escaped = true
    } else if (character === ',' || character === '=') {
      throw badRequest(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`)
    } else {
      value += character
    }
  }
  if (escaped) throw badEscape('')
  return value
}

function badEscape(character: string): Error {
  return badRequest(`invalid field selector: invalid escape sequence: \\${character}`)
}
