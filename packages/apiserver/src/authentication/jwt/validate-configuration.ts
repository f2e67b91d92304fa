import {
  duplicate,
  type FieldError,
  type FieldPath,
  fieldPath,
  invalidValue,
  required,
  tooMany,
  validateDomainPrefixedPath,
} from '@fairlead/apimachinery'
import { parseCertificateAuthorities } from '../certificate-authorities.ts'
import type {
  AuthenticationConfiguration,
  ClaimValidationRule,
  JwtIssuer,
  PrefixedClaim,
} from './authentication-configuration.ts'

const maxIssuers = 64
const noExpressions = 'CEL expressions are not supported by this server'
const both = "claim and expression can't both be set"

/** What is wrong with a configuration. `reserved` are the issuers that this server is itself. */
export function validateAuthenticationConfiguration(
  configuration: AuthenticationConfiguration,
  reserved: readonly string[],
): readonly FieldError[] {
  const { jwt, anonymous } = configuration
  const root = fieldPath('jwt')
  if (jwt.length > maxIssuers) return [tooMany(root, jwt.length, maxIssuers)]
  const errors = jwt.flatMap((entry, index) => {
    const path = root.index(index)
    const isRepeated = (value: string, of: (other: JwtIssuer) => string): boolean =>
      value !== '' && jwt.slice(0, index).some((other) => of(other) === value)
    const { url, discoveryUrl } = entry.issuer
    return [
      ...issuerErrors(entry.issuer, reserved, path.child('issuer')),
      ...ruleErrors(entry.claimValidationRules, path.child('claimValidationRules')),
      ...mappingErrors(entry.claimMappings, path.child('claimMappings')),
      ...userRuleErrors(entry.userValidationRules, path.child('userValidationRules')),
      ...(isRepeated(url, ({ issuer }) => issuer.url) ? [duplicate(path.child('issuer', 'url'), url)] : []),
      ...(isRepeated(discoveryUrl, ({ issuer }) => issuer.discoveryUrl)
        ? [duplicate(path.child('issuer', 'discoveryURL'), discoveryUrl)]
        : []),
    ]
  })
  if (anonymous !== undefined && !anonymous.enabled && anonymous.paths.length > 0) {
    const conditions = anonymous.paths.map((path) => ({ path }))
    errors.push(
      invalidValue('anonymous.conditions', conditions, 'enabled should be set to true when conditions are defined'),
    )
  }
  return errors
}

function issuerErrors(issuer: JwtIssuer['issuer'], reserved: readonly string[], path: FieldPath): FieldError[] {
  const { url, discoveryUrl, certificateAuthority, egressSelectorType } = issuer
  const discovery = path.child('discoveryURL')
  const trimmed = (text: string): string => text.replace(/\/+$/, '')
  return [
    ...(url === '' ? [required(path.child('url'), '')] : urlErrors(url, path.child('url'), reserved)),
    ...(discoveryUrl !== '' && url !== '' && trimmed(url) === trimmed(discoveryUrl)
      ? [invalidValue(discovery, discoveryUrl, 'discoveryURL must be different from URL')]
      : []),
    ...(discoveryUrl === '' ? [] : urlErrors(discoveryUrl, discovery, [])),
    ...audienceErrors(issuer, path),
    ...authorityErrors(certificateAuthority, path.child('certificateAuthority')),
    ...(egressSelectorType === ''
      ? []
      : [invalidValue(path.child('egressSelectorType'), egressSelectorType, 'this server has no egress selector')]),
  ]
}

function urlErrors(text: string, path: FieldPath, reserved: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  const problem = (detail: string): number => errors.push(invalidValue(path, text, detail))
  if (reserved.includes(text)) {
    problem(`URL must not overlap with disallowed issuers: [${[...reserved].sort().join(' ')}]`)
  }
  if (!URL.canParse(text)) {
    problem('not a valid URL')
    return errors
  }
  const { protocol, username, password, search, hash } = new URL(text)
  if (protocol !== 'https:') problem('URL scheme must be https')
  if (username !== '' || password !== '') problem('URL must not contain a username or password')
  if (search !== '') problem('URL must not contain a query')
  if (hash !== '') problem('URL must not contain a fragment')
  return errors
}

function audienceErrors({ audiences, audienceMatchPolicy }: JwtIssuer['issuer'], path: FieldPath): FieldError[] {
  const at = path.child('audiences')
  if (audiences.length === 0) return [required(at, `at least one ${at.toString()} is required`)]
  const policy = path.child('audienceMatchPolicy')
  return [
    ...audiences.flatMap((audience, index) => [
      ...(audience === '' ? [required(at.index(index), '')] : []),
      ...(audiences.indexOf(audience) < index ? [duplicate(at.index(index), audience)] : []),
    ]),
    ...(audiences.length > 1 && audienceMatchPolicy !== 'MatchAny'
      ? [invalidValue(policy, audienceMatchPolicy, 'audienceMatchPolicy must be MatchAny for multiple audiences')]
      : []),
    ...(audiences.length === 1 && audienceMatchPolicy !== '' && audienceMatchPolicy !== 'MatchAny'
      ? [invalidValue(policy, audienceMatchPolicy, 'audienceMatchPolicy must be empty or MatchAny for single audience')]
      : []),
  ]
}

function authorityErrors(pem: string, path: FieldPath): FieldError[] {
  if (pem === '') return []
  try {
    parseCertificateAuthorities(pem)
    return []
  } catch (error) {
    return [invalidValue(path, '<omitted>', error instanceof Error ? error.message : String(error))]
  }
}

function ruleErrors(rules: readonly ClaimValidationRule[], path: FieldPath): FieldError[] {
  return rules.flatMap(({ claim, requiredValue, expression, message }, index) => {
    const at = path.index(index)
    if (claim !== '' && expression !== '') return [invalidValue(at, claim, both)]
    if (claim === '' && expression === '') return [required(at, 'claim or expression is required')]
    if (expression !== '') {
      return [
        ...(requiredValue === ''
          ? []
          : [invalidValue(at.child('requiredValue'), requiredValue, 'may not be specified when expression is set')]),
        invalidValue(at.child('expression'), expression, noExpressions),
      ]
    }
    return [
      ...(message === '' ? [] : [invalidValue(at.child('message'), message, 'may not be specified when claim is set')]),
      ...(rules.findIndex((other) => other.claim === claim) < index ? [duplicate(at.child('claim'), claim)] : []),
    ]
  })
}

function mappingErrors(mappings: JwtIssuer['claimMappings'], path: FieldPath): FieldError[] {
  const { username, groups, uid, extra } = mappings
  return [
    ...claimErrors(username, path.child('username'), true),
    ...claimErrors(groups, path.child('groups'), false),
    ...(uid.claim !== '' && uid.expression !== '' ? [invalidValue(path.child('uid'), '', both)] : []),
    ...(uid.expression === '' ? [] : [invalidValue(path.child('uid', 'expression'), uid.expression, noExpressions)]),
    ...extra.flatMap(({ key, valueExpression }, index) => {
      const at = path.child('extra').index(index)
      return [
        ...validateDomainPrefixedPath(key, at.child('key')),
        valueExpression === ''
          ? required(at.child('valueExpression'), '')
          : invalidValue(at.child('valueExpression'), valueExpression, noExpressions),
      ]
    }),
  ]
}

function claimErrors({ claim, prefix, expression }: PrefixedClaim, path: FieldPath, isRequired: boolean): FieldError[] {
  if (claim !== '' && expression !== '') return [invalidValue(path, '', both)]
  if (expression !== '') {
    return [
      ...(prefix === undefined
        ? []
        : [invalidValue(path.child('prefix'), prefix, 'may not be specified when expression is set')]),
      invalidValue(path.child('expression'), expression, noExpressions),
    ]
  }
  if (claim === '') return isRequired ? [required(path, 'claim or expression is required')] : []
  return prefix === undefined
    ? [
        required(
          path.child('prefix'),
          'prefix is required when claim is set. It can be set to an empty string to disable prefixing',
        ),
      ]
    : []
}

function userRuleErrors(rules: JwtIssuer['userValidationRules'], path: FieldPath): FieldError[] {
  return rules.map(({ expression }, index) => {
    const at = path.index(index).child('expression')
    return expression === '' ? required(at, '') : invalidValue(at, expression, noExpressions)
  })
}
