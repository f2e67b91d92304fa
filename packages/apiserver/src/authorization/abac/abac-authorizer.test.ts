import { describe, expect, test } from 'vitest'
import { attributesOf } from '../rbac/testing/policy.ts'
import { abacAuthorizer, abacRules } from './abac-authorizer.ts'
import { parseAbacPolicies } from './abac-policy.ts'

const policy = (spec: object) =>
  JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec })

const file = `
# who may do what
${policy({ user: 'alice', namespace: '*', resource: '*', apiGroup: '*' })}
${policy({ user: 'kate', namespace: 'dev', resource: 'pods', readonly: true })}
${policy({ user: 'bob', group: 'ops', namespace: 'dev', resource: 'deployments', apiGroup: 'apps' })}
  ${policy({ group: 'readers', readonly: true, nonResourcePath: '/logs*' })}
${policy({ group: '*', readonly: true, nonResourcePath: '/version' })}
${policy({ namespace: '*', resource: '*', apiGroup: '*' })}
{"user": "old", "resource": "pods", "namespace": "dev"}
{"user": "admin"}
{"readonly": true, "resource": "events"}
{"user": "*", "resource": "services", "namespace": "open"}
`
const policies = parseAbacPolicies(file, 'policy.jsonl')
const authorize = abacAuthorizer(policies)

test.each<[who: string, request: string, namespace: string, allowed: boolean]>([
  ['alice', 'delete pods x', 'dev', true],
  ['alice', 'create deployments.apps', '', true],
  ['alice', 'get /metrics', '', false],
  ['kate', 'get pods x', 'dev', true],
  ['kate', 'watch pods', 'dev', true],
  ['kate', 'create pods', 'dev', false],
  ['kate', 'get pods x', 'prod', false],
  ['kate', 'get pods', '', false],
  ['kate', 'get pods.apps x', 'dev', false],
  ['kate', 'get secrets x', 'dev', false],
  ['bob(ops)', 'create deployments.apps', 'dev', true],
  ['bob', 'create deployments.apps', 'dev', false],
  ['eve(ops)', 'create deployments.apps', 'dev', false],
  ['eve(readers)', 'get /logs/x', '', true],
  ['eve(readers)', 'post /logs/x', '', false],
  ['eve', 'get /version', '', true],
  ['eve', 'get /versions', '', false],
  ['system:anonymous', 'get /version', '', false],
  ['old', 'create pods', 'dev', true],
  ['old', 'create pods.apps', 'dev', true],
  ['old', 'create pods', 'prod', false],
  ['old', 'get /metrics', '', false],
  ['admin', 'delete anything.example.com x', 'prod', true],
  ['admin', 'post /anything', '', true],
  ['eve', 'list events', 'prod', true],
  ['eve', 'create events', 'prod', false],
  ['system:anonymous', 'list events', 'prod', false],
  ['eve', 'create services', 'open', true],
  ['system:anonymous', 'create services', 'open', false],
  ['eve', 'get pods', 'dev', false],
])('%s: %s in %s: %s', (who, request, namespace, allowed) => {
  expect(authorize(attributesOf(who, request, namespace))).toEqual(
    allowed ? { decision: 'allow' } : { decision: 'no-opinion', reason: 'No policy matched.' },
  )
})

test('rules are listed', () => {
  const rulesFor = abacRules(policies)
  expect(rulesFor({ name: 'kate', groups: ['readers'] }, 'dev')).toEqual({
    resourceRules: [{ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods'] }],
    nonResourceRules: [],
    incomplete: false,
  })
  expect(rulesFor({ name: 'eve', groups: ['readers'] }, '')).toMatchObject({
    nonResourceRules: [{ verbs: ['get', 'list', 'watch'], nonResourceURLs: ['/logs*'] }],
  })
})

describe('lines that cannot be read', () => {
  test.each([
    ['no JSON', '{"user"'],
    ['no object', '["x"]'],
    ['another kind', '{"apiVersion":"v1","kind":"Pod"}'],
    ['another version', '{"apiVersion":"abac.authorization.kubernetes.io/v2","kind":"Policy","spec":{}}'],
    ['a wrong type', policy({ user: 1 })],
    ['a wrong flag', policy({ user: 'x', readonly: 'yes' })],
  ])('%s', (_, line) => {
    const read = () => parseAbacPolicies(`\n# comment\n${line}\n`, 'file')
    expect(read).toThrow(`error reading policy file file, line 3: ${line}: `)
  })
})
