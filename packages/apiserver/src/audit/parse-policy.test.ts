import { describe, expect, test } from 'vitest'
import { parseAuditPolicy } from './parse-policy.ts'

const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'

describe('good policies', () => {
  test('everything that a policy can say', () => {
    const warnings: string[] = []
    const policy = parseAuditPolicy(
      `${head}omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: None
  users: [system:kube-proxy]
  userGroups: [system:nodes]
  verbs: [watch]
  resources: [{group: "", resources: [endpoints, pods/*, "*/scale"], resourceNames: [a]}, {group: "*"}]
  namespaces: [""]
  omitStages: [Panic]
  omitManagedFields: false
- level: Metadata
  nonResourceURLs: ["*", /healthz*, /version]
`,
      (message) => warnings.push(message),
    )
    expect(policy).toMatchObject({
      omitStages: ['RequestReceived'],
      omitManagedFields: true,
      rules: [
        {
          level: 'None',
          users: ['system:kube-proxy'],
          userGroups: ['system:nodes'],
          verbs: ['watch'],
          resources: [
            { group: '', resources: ['endpoints', 'pods/*', '*/scale'], resourceNames: ['a'] },
            { group: '*', resources: [], resourceNames: [] },
          ],
          namespaces: [''],
          omitStages: ['Panic'],
          omitManagedFields: false,
        },
        { level: 'Metadata', nonResourceURLs: ['*', '/healthz*', '/version'] },
      ],
    })
    expect(warnings).toEqual([])
  })

  test('JSON is YAML', () => {
    expect(
      parseAuditPolicy('{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Request"}]}').rules,
    ).toHaveLength(1)
  })

  test('unknown and repeated fields are told, not refused', () => {
    const warnings: string[] = []
    parseAuditPolicy(
      `${head}rules: [{level: None, verb: [get]}]\nextra: 1\nomitManagedFields: false\nomitManagedFields: true\n`,
      (message) => warnings.push(message),
    )
    expect(warnings).toEqual([
      'Audit policy contains errors, falling back to lenient decoding: strict decoding error: line 6: key "omitManagedFields" already set in map, unknown field "extra", unknown field "rules[0].verb"',
    ])
  })
})

const bad: readonly (readonly [string, string])[] = [
  ['', "failed decoding: Object 'Kind' is missing in the policy"],
  ['kind: Policy', "failed decoding: Object 'apiVersion' is missing in the policy"],
  ['[', "failed decoding: couldn't get version/kind; json parse error: "],
  ['- a', 'failed decoding: the policy must be an object'],
  [
    'apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]',
    'failed decoding: no kind "Policy" is registered for version "audit.k8s.io/v1beta1"',
  ],
  [head, 'loaded illegal policy with 0 rules'],
  [`${head}rules: []`, 'loaded illegal policy with 0 rules'],
  [`${head}rules: {}`, 'failed decoding: rules must be a list'],
  [`${head}rules: [{level: 1}]`, 'failed decoding: rules[0].level must be a string'],
  [`${head}rules: [{}]`, 'rules[0].level: Required value'],
  [
    `${head}rules: [{level: Foo}]`,
    'rules[0].level: Unsupported value: "Foo": supported values: "None", "Metadata", "Request", "RequestResponse"',
  ],
  [
    `${head}omitStages: [Foo]\nrules: [{level: None}]`,
    'omitStages[0]: Invalid value: "Foo": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
  ],
  [
    `${head}rules: [{level: None, omitStages: [Panic, x]}]`,
    'rules[0].omitStages[1]: Invalid value: "x": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
  ],
  [
    `${head}rules: [{level: None, nonResourceURLs: [healthz]}]`,
    `rules[0].nonResourceURLs[0]: Invalid value: "healthz": non-resource URL rules must begin with a '/' character`,
  ],
  [
    `${head}rules: [{level: None, nonResourceURLs: [/a*b]}]`,
    `rules[0].nonResourceURLs[0]: Invalid value: "/a*b": non-resource URL wildcards '*' must be the final character of the rule`,
  ],
  [
    `${head}rules: [{level: None, nonResourceURLs: [/a], namespaces: [x]}]`,
    'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
  ],
  [
    `${head}rules: [{level: None, resources: [{group: rbac.authorization.k8s.io/v1beta1}]}]`,
    'rules[0].resources.group: Invalid value: "rbac.authorization.k8s.io/v1beta1": a lowercase RFC 1123 subdomain',
  ],
  [
    `${head}rules: [{level: None, resources: [{resourceNames: [a]}]}]`,
    'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource',
  ],
  [
    `${head}rules: [{level: ""}, {level: x}]`,
    '[rules[0].level: Required value, rules[1].level: Unsupported value: "x": supported values:',
  ],
]

test.each(bad)('bad policy %j', (text, message) => {
  expect(() => parseAuditPolicy(text)).toThrowError(message)
})
