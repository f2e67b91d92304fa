import { fieldErrorMessage } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { parseAuthorizationConfiguration } from './parse-configuration.ts'
import { validateAuthorizationConfiguration } from './validate-configuration.ts'

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n'
const webhook = (fields: string) => `${head}authorizers:
- type: Webhook
  name: far
  webhook:
    timeout: 3s
    subjectAccessReviewVersion: v1
    failurePolicy: Deny
    connectionInfo: {type: KubeConfigFile, kubeConfigFile: /etc/authz}
${fields}`

const problems = (text: string) =>
  validateAuthorizationConfiguration(parseAuthorizationConfiguration(text)).map(fieldErrorMessage)

test('reads what is there, and sets what is not', () => {
  expect(
    parseAuthorizationConfiguration(`${webhook('    cacheAuthorizedRequests: false')}\n- {type: RBAC, name: rbac}`),
  ).toEqual({
    authorizers: [
      {
        type: 'Webhook',
        name: 'far',
        webhook: {
          timeout: 3000,
          authorizedTtl: 300_000,
          cacheAuthorizedRequests: false,
          unauthorizedTtl: 30_000,
          cacheUnauthorizedRequests: true,
          subjectAccessReviewVersion: 'v1',
          matchConditionSubjectAccessReviewVersion: '',
          failurePolicy: 'Deny',
          connectionType: 'KubeConfigFile',
          kubeConfigFile: '/etc/authz',
          matchConditions: [],
        },
      },
      { type: 'RBAC', name: 'rbac' },
    ],
  })
})

describe('is refused when read', () => {
  test.each([
    ['another kind', 'apiVersion: v1\nkind: Pod', 'no kind "Pod" is registered for version "v1"'],
    ['an unknown field', `${head}authorizers: []\nothers: 1`, 'strict decoding error: unknown field "others"'],
    ['a field twice', `${head}authorizers: []\nauthorizers: []`, 'strict decoding error'],
    ['a wrong type', `${head}authorizers: x`, 'authorizers must be a list'],
    ['a duration', webhook('    authorizedTTL: soon'), 'soon'],
  ])('%s', (_, text, message) => {
    expect(() => parseAuthorizationConfiguration(text)).toThrow(message)
  })
})

describe('is valid or not', () => {
  test.each<[string, string, readonly string[]]>([
    ['a webhook', webhook(''), []],
    ['nothing', head, ['authorizers: Required value: at least one authorization mode must be defined']],
    [
      'types and names',
      `${head}authorizers:
- {name: x}
- {type: Odd, name: x}
- {type: RBAC}
- {type: RBAC, name: rbac}
- {type: Node, name: A_b}
- {type: Webhook, name: w}
- {type: ABAC, name: abac, webhook: {}}
- {type: AlwaysDeny, name: abac}`,
      [
        'authorizers[0].type: Required value',
        'authorizers[1].type: Unsupported value: "Odd": supported values: "ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook"',
        'authorizers[2].name: Required value',
        'authorizers[3].type: Duplicate value: "RBAC"',
        `authorizers[4].name: Invalid value: "A_b": authorizer name is invalid: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        'authorizers[5].webhook: Required value: required when type=Webhook',
        'authorizers[6].webhook: Invalid value: "non-null": may only be specified when type=Webhook',
        'authorizers[7].name: Duplicate value: "abac"',
      ],
    ],
    [
      'an empty webhook',
      `${head}authorizers: [{type: Webhook, name: w, webhook: {}}]`,
      [
        'authorizers[0].timeout: Required value',
        'authorizers[0].subjectAccessReviewVersion: Required value',
        'authorizers[0].failurePolicy: Required value',
        'authorizers[0].connectionInfo.type: Required value',
      ],
    ],
    [
      'a webhook without sense',
      `${head}authorizers: [{type: Webhook, name: w, webhook: {timeout: 31s, authorizedTTL: -1s, subjectAccessReviewVersion: v2, failurePolicy: Panic, connectionInfo: {type: KubeConfigFile, kubeConfigFile: near}}}]`,
      [
        'authorizers[0].timeout: Invalid value: "31s": must be > 0s and <= 30s',
        'authorizers[0].authorizedTTL: Invalid value: "-1s": must be > 0s',
        'authorizers[0].subjectAccessReviewVersion: Unsupported value: "v2": supported values: "v1", "v1beta1"',
        'authorizers[0].failurePolicy: Unsupported value: "Panic": supported values: "NoOpinion", "Deny"',
        'authorizers[0].connectionInfo.kubeConfigFile: Invalid value: "near": must be an absolute path',
      ],
    ],
    [
      'conditions',
      webhook('    matchConditions: [{expression: "true"}, {expression: "true"}, {expression: " "}]'),
      [
        'authorizers[0].matchConditionSubjectAccessReviewVersion: Required value: required if match conditions are specified',
        'authorizers[0].matchConditions[0].expression: Invalid value: "true": CEL expressions are not supported by this server',
        'authorizers[0].matchConditions[1].expression: Duplicate value: "true"',
        'authorizers[0].matchConditions[2].expression: Required value',
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected)
  })
})
