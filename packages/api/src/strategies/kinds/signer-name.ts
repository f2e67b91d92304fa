import {
  type FieldError,
  type FieldPath,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  quote,
  required,
  tooLong,
} from '@fairlead/apimachinery'

const longestDomain = 253
/** A namespace, a dot and a name. */
const longestPath = 317

/** Problems of a signer's name, `DOMAIN/PATH`. */
export function signerNameErrors(signerName: string, path: FieldPath): readonly FieldError[] {
  if (signerName === '') return [required(path, '')]
  const [domain = '', rest = '', ...more] = signerName.split('/')
  if (!signerName.includes('/') || more.length > 0) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
    return [invalidValue(path, signerName, detail)]
  }
  const segments = domain.split('.')
  return [
    ...(domain.length > longestDomain ? [tooLong(path, '', longestDomain)] : []),
    ...labelErrors(domain, path, isDns1123Label),
    ...(segments.length < 2
      ? [invalidValue(path, domain, 'should be a domain with at least two segments separated by dots')]
      : []),
    ...labelErrors(rest, path, isDns1123Subdomain),
    ...(rest.length > longestPath ? [tooLong(path, rest, longestPath)] : []),
  ]
}

/** Problems of the first label that has any. */
function labelErrors(
  text: string,
  path: FieldPath,
  check: (label: string) => readonly string[],
): readonly FieldError[] {
  for (const label of text.split('.')) {
    const problems = check(label)
    if (problems.length === 0) continue
    return problems.map((problem) => invalidValue(path, text, `validating label ${quote(label)}: ${problem}`))
  }
  return []
}
