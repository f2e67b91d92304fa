import { utf8Length } from '../text/utf8.ts'
import { isDns1123Subdomain } from './dns.ts'
import { emptyText, maxBytesText, regexText } from './texts.ts'

const namePattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const nameRegex = /^(?:([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/
const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const nameExamples = ['MyName', 'my.name', '123-abc']
const maxLength = 63

const valuePattern = `(${namePattern})?`
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

/**
 * The rules of a qualified name (the key of a label or an annotation: `name` or `prefix.example.com/name`) that `value`
 * breaks.
 */
export function isQualifiedName(value: string): string[] {
  const slash = value.indexOf('/')
  if (slash < 0) return namePartProblems(value)
  const prefix = value.slice(0, slash)
  const name = value.slice(slash + 1)
  if (!name.includes('/')) return [...prefixPartProblems(prefix), ...namePartProblems(name)]
  const rule = regexText(`a valid label key ${nameRule}`, namePattern, ...nameExamples)
  return [`${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
}

/** The rules of a label value (at most 63 bytes; may be empty) that `value` breaks. */
export function isValidLabelValue(value: string): string[] {
  const problems: string[] = []
  if (utf8Length(value) > maxLength) problems.push(maxBytesText(maxLength))
  if (value !== '' && !nameRegex.test(value)) {
    problems.push(regexText(valueRule, valuePattern, 'MyValue', 'my_value', '12345'))
  }
  return problems
}

function prefixPartProblems(prefix: string): string[] {
  if (prefix === '') return [`prefix part ${emptyText}`]
  return isDns1123Subdomain(prefix).map((problem) => `prefix part ${problem.replace(/ characters$/, ' bytes')}`)
}

function namePartProblems(name: string): string[] {
  const problems: string[] = []
  if (name === '') problems.push(`name part ${emptyText}`)
  else if (utf8Length(name) > maxLength) problems.push(`name part ${maxBytesText(maxLength)}`)
  if (!nameRegex.test(name)) problems.push(`name part ${regexText(nameRule, namePattern, ...nameExamples)}`)
  return problems
}
