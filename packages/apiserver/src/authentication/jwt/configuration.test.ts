import { fieldErrorMessage } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { parseAuthenticationConfiguration } from './parse-configuration.ts'
import { validateAuthenticationConfiguration } from './validate-configuration.ts'

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n'
const good = {
  issuer: { url: 'https://a', audiences: ['x'] },
  claimMappings: { username: { claim: 'sub', prefix: '' } },
}
const problems = (jwt: readonly object[], more: object = {}) => {
  const text = JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt,
    ...more,
  })
  return validateAuthenticationConfiguration(parseAuthenticationConfiguration(text), ['https://self']).map(
    fieldErrorMessage,
  )
}

describe('reading', () => {
  test('nothing configured', () => {
    expect(parseAuthenticationConfiguration(head)).toEqual({ jwt: [] })
    expect(parseAuthenticationConfiguration(`${head}anonymous: {enabled: true}`)).toMatchObject({
      anonymous: { enabled: true, paths: [] },
    })
  })

  const bad: readonly (readonly [string, string])[] = [
    ['', 'empty config data'],
    ['kind: AuthenticationConfiguration', 'no kind "AuthenticationConfiguration" is registered for version ""'],
    [head.replace('v1', 'v2'), 'is registered for version "apiserver.config.k8s.io/v2"'],
    [`${head}x: 1`, 'strict decoding error: unknown field "x"'],
    [`${head}jwt: [{issuer: {urL: x}}]`, 'unknown field "jwt[0].issuer.urL"'],
    [`${head}jwt: [{claimMappings: {username: {regex: x}}}]`, 'unknown field "jwt[0].claimMappings.username.regex"'],
    [`${head}anonymous: {enabled: true, conditions: [{prefix: /}]}`, 'unknown field "anonymous.conditions[0].prefix"'],
    [`${head}jwt: {}`, 'jwt must be a list'],
    [`${head}jwt: [x]`, 'jwt[0] must be an object'],
    [`${head}jwt: [{issuer: {audiences: [1]}}]`, 'jwt[0].issuer.audiences must be a list of strings'],
    [`${head}anonymous: {enabled: "yes"}`, 'anonymous.enabled must be true or false'],
    [`${head}jwt: [`, 'yaml: line 3'],
  ]
  test.each(bad)('%j', (text, message) => expect(() => parseAuthenticationConfiguration(text)).toThrow(message))
})

describe('checking', () => {
  const issuer = (more: object) => ({ ...good, issuer: { ...good.issuer, ...more } })
  const username = (more: object) => ({ ...good, claimMappings: { username: more } })
  const rules = (...claimValidationRules: object[]) => ({ ...good, claimValidationRules })

  test('what is good', () => {
    expect(problems([])).toEqual([])
    expect(problems([good, { ...good, issuer: { url: 'https://b', audiences: ['x'] } }])).toEqual([])
  })

  const bad: readonly (readonly [object, string])[] = [
    [issuer({ url: '' }), 'jwt[0].issuer.url: Required value'],
    [issuer({ url: 'http://a' }), 'jwt[0].issuer.url: Invalid value: "http://a": URL scheme must be https'],
    [
      issuer({ url: 'https://u:p@a' }),
      'jwt[0].issuer.url: Invalid value: "https://u:p@a": URL must not contain a username or password',
    ],
    [issuer({ url: 'https://a?b' }), 'jwt[0].issuer.url: Invalid value: "https://a?b": URL must not contain a query'],
    [
      issuer({ url: 'https://a#b' }),
      'jwt[0].issuer.url: Invalid value: "https://a#b": URL must not contain a fragment',
    ],
    [
      issuer({ url: 'https://self' }),
      'jwt[0].issuer.url: Invalid value: "https://self": URL must not overlap with disallowed issuers: [https://self]',
    ],
    [
      issuer({ discoveryURL: 'https://a/' }),
      'jwt[0].issuer.discoveryURL: Invalid value: "https://a/": discoveryURL must be different from URL',
    ],
    [
      issuer({ audiences: [] }),
      'jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required',
    ],
    [
      issuer({ audiences: ['x', 'y'] }),
      'jwt[0].issuer.audienceMatchPolicy: Invalid value: "": audienceMatchPolicy must be MatchAny for multiple audiences',
    ],
    [
      issuer({ audiences: ['x', 'x'], audienceMatchPolicy: 'MatchAny' }),
      'jwt[0].issuer.audiences[1]: Duplicate value: "x"',
    ],
    [
      issuer({ audienceMatchPolicy: 'All' }),
      'jwt[0].issuer.audienceMatchPolicy: Invalid value: "All": audienceMatchPolicy must be empty or MatchAny for single audience',
    ],
    [
      issuer({ certificateAuthority: 'x' }),
      'jwt[0].issuer.certificateAuthority: Invalid value: "<omitted>": data does not contain any valid RSA or ECDSA certificates',
    ],
    [
      issuer({ egressSelectorType: 'cluster' }),
      'jwt[0].issuer.egressSelectorType: Invalid value: "cluster": this server has no egress selector',
    ],
    [username({}), 'jwt[0].claimMappings.username: Required value: claim or expression is required'],
    [
      username({ claim: 'sub' }),
      'jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing',
    ],
    [
      username({ claim: 'sub', expression: 'x' }),
      'jwt[0].claimMappings.username: Invalid value: "": claim and expression can\'t both be set',
    ],
    [
      username({ expression: 'x' }),
      'jwt[0].claimMappings.username.expression: Invalid value: "x": CEL expressions are not supported by this server',
    ],
    [rules({}), 'jwt[0].claimValidationRules[0]: Required value: claim or expression is required'],
    [
      rules({ claim: 'a', message: 'm' }),
      'jwt[0].claimValidationRules[0].message: Invalid value: "m": may not be specified when claim is set',
    ],
    [rules({ claim: 'a' }, { claim: 'a' }), 'jwt[0].claimValidationRules[1].claim: Duplicate value: "a"'],
    [
      { ...good, userValidationRules: [{ expression: 'x' }] },
      'jwt[0].userValidationRules[0].expression: Invalid value: "x": CEL expressions are not supported by this server',
    ],
    [
      { ...good, claimMappings: { ...good.claimMappings, extra: [{ key: 'a.b/c', valueExpression: 'x' }] } },
      'jwt[0].claimMappings.extra[0].valueExpression: Invalid value: "x": CEL expressions are not supported by this server',
    ],
  ]
  test.each(bad)('%j', (entry, message) => expect(problems([entry])).toEqual([message]))

  test('issuers come once, and not too many', () => {
    expect(problems([good, good])).toEqual(['jwt[1].issuer.url: Duplicate value: "https://a"'])
    expect(problems(Array.from({ length: 65 }, () => good))).toEqual(['jwt: Too many: 65: must have at most 64 items'])
  })

  test('conditions of anonymous requests that are not let in', () => {
    expect(problems([], { anonymous: { enabled: false, conditions: [{ path: '/' }] } })).toEqual([
      expect.stringContaining('enabled should be set to true when conditions are defined'),
    ])
  })
})
