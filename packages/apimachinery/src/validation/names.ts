import { utf8Length } from '../text/utf8.ts'
import { isDns1035Label, isDns1123Label, isDns1123Subdomain } from './dns.ts'
import { emptyText, maxLengthText, rangeText, regexText } from './texts.ts'

/**
 * Rules that a name breaks. With `prefix` the name is a generateName: something will be appended, so that a dash may
 * stand at its end.
 */
export type NameValidator = (name: string, options?: { readonly prefix?: boolean }) => string[]

/** Names that are DNS subdomains: most kinds. */
export const nameIsDnsSubdomain: NameValidator = (name, options) => isDns1123Subdomain(maskedPrefix(name, options))

/** Names that are DNS labels of RFC 1123: namespaces. */
export const nameIsDnsLabel: NameValidator = (name, options) => isDns1123Label(maskedPrefix(name, options))

/** Names that are DNS labels of RFC 1035: services. */
export const nameIsDns1035Label: NameValidator = (name, options) => isDns1035Label(maskedPrefix(name, options))

/** Names that need only fit into a path: RBAC and others. */
export const nameIsPathSegment: NameValidator = (name, options) =>
  options?.prefix ? pathContentProblems(name) : isValidPathSegmentName(name)

/** The rules of a path segment that `name` breaks. The empty name breaks none. */
export function isValidPathSegmentName(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return pathContentProblems(name)
}

/** The rules of a key of a ConfigMap or a Secret that `value` breaks. */
export function isConfigMapKey(value: string): string[] {
  const problems = utf8Length(value) > 253 ? [maxLengthText(253)] : []
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    problems.push(regexText(rule, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'))
  }
  return [...problems, ...parentFolderProblems(value)]
}

/** The rules of a C identifier that `value` breaks. */
export function isCIdentifier(value: string): string[] {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return []
  const rule =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'"
  return [regexText(rule, '[A-Za-z_][A-Za-z0-9_]*', 'my_name', 'MY_NAME', 'MyName')]
}

/** The rules of a classic environment variable name that `value` breaks. */
export function isEnvVarName(value: string): string[] {
  const problems: string[] = []
  if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value)) {
    const rule =
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit"
    problems.push(regexText(rule, '[-._a-zA-Z][-._a-zA-Z0-9]*', 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1'))
  }
  return [...problems, ...parentFolderProblems(value)]
}

/** The rules of an environment variable name of today that `value` breaks: any printable ASCII but `=`. */
export function isRelaxedEnvVarName(value: string): string[] {
  if (value === '') return [`environment variable name ${emptyText}`]
  if (/^[\x20-\x3c\x3e-\x7e]*$/.test(value)) return []
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** The rules of an HTTP header name that `value` breaks. */
export function isHttpHeaderName(value: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(value)) return []
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'"
  return [regexText(rule, '[-A-Za-z0-9]+', 'X-Header-Name')]
}

/** The rules of a percentage, such as `93%`, that `value` breaks. */
export function isValidPercent(value: string): string[] {
  if (/^[0-9]+%$/.test(value)) return []
  return [
    regexText("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%'),
  ]
}

/** The rules of a port name (at most 15 of `a-z0-9-`, one of them a letter) that `value` breaks. */
export function isValidPortName(value: string): string[] {
  const problems = utf8Length(value) > 15 ? [maxLengthText(15)] : []
  if (!/^[-a-z0-9]+$/.test(value)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)')
  if (value.includes('--')) problems.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

/** The rules of a port number that `value` breaks. */
export function isValidPortNumber(value: number): string[] {
  return isInRange(value, 1, 65535)
}

/** Says that `value` lies outside of the inclusive range, if it does. */
export function isInRange(value: number | bigint, low: number, high: number): string[] {
  return value >= low && value <= high ? [] : [rangeText(low, high)]
}

/** A prefix that ends with a dash is checked with its last two characters replaced by one letter. */
function maskedPrefix(name: string, options: { readonly prefix?: boolean } | undefined): string {
  return options?.prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

function pathContentProblems(name: string): string[] {
  return ['/', '%'].filter((content) => name.includes(content)).map((content) => `may not contain '${content}'`)
}

function parentFolderProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}
