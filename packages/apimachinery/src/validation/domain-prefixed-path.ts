import { type FieldError, type FieldPathLike, invalidValue, required } from '../field/error.ts'
import { isDns1123Subdomain } from './dns.ts'
import { regexText } from './texts.ts'

const pathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
const wholePath = new RegExp(`^${pathPattern}$`)

/** A domain and a path, such as `acme.io/foo`. */
export function validateDomainPrefixedPath(value: string, path: FieldPathLike): FieldError[] {
  if (value === '') return [required(path, '')]
  const slash = value.indexOf('/')
  const [domain, rest] = [value.slice(0, slash), value.slice(slash + 1)]
  if (slash <= 0 || rest === '') {
    return [invalidValue(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  return [
    ...isDns1123Subdomain(domain).map((problem) => invalidValue(path, domain, problem)),
    ...(wholePath.test(rest) ? [] : [invalidValue(path, rest, regexText('Invalid path', pathPattern))]),
  ]
}
