import { utf8Length } from '../text/utf8.ts'
import { maxLengthText, regexText } from './texts.ts'

const labelMax = 63
const subdomainMax = 253

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain1123 = `${label1123}(\\.${label1123})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const wildcard1123 = `\\*\\.${subdomain1123}`

const label1123Regex = whole(label1123)
const subdomain1123Regex = whole(subdomain1123)
const label1035Regex = whole(label1035)
const wildcard1123Regex = whole(wildcard1123)

const label1123Rule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const subdomain1123Rule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const label1035Rule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
const wildcard1123Rule =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"

/** The rules of a DNS label (RFC 1123, at most 63 bytes) that `value` breaks. */
export function isDns1123Label(value: string): string[] {
  const problems = lengthProblems(value, labelMax)
  if (label1123Regex.test(value)) return problems
  if (subdomain1123Regex.test(value)) return [...problems, 'must not contain dots']
  return [...problems, regexText(label1123Rule, label1123, 'my-name', '123-abc')]
}

/** The rules of a DNS subdomain (RFC 1123, at most 253 bytes) that `value` breaks. */
export function isDns1123Subdomain(value: string): string[] {
  const problems = lengthProblems(value, subdomainMax)
  if (!subdomain1123Regex.test(value)) problems.push(regexText(subdomain1123Rule, subdomain1123, 'example.com'))
  return problems
}

/** The rules of a DNS label (RFC 1035: begins with a letter, at most 63 bytes) that `value` breaks. */
export function isDns1035Label(value: string): string[] {
  const problems = lengthProblems(value, labelMax)
  if (!label1035Regex.test(value)) problems.push(regexText(label1035Rule, label1035, 'my-name', 'abc-123'))
  return problems
}

/** The rules of a wildcard DNS name, such as `*.example.com`, that `value` breaks. */
export function isWildcardDns1123Subdomain(value: string): string[] {
  const problems = lengthProblems(value, subdomainMax)
  if (!wildcard1123Regex.test(value)) problems.push(regexText(wildcard1123Rule, wildcard1123, '*.example.com'))
  return problems
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`)
}

function lengthProblems(value: string, max: number): string[] {
  return utf8Length(value) > max ? [maxLengthText(max)] : []
}
