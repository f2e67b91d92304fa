import { fieldErrorMessage, type JsonObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { context, created, decoded, resource } from '../testing/built-in.ts'

const group = 'rbac.authorization.k8s.io'

function problems(name: string, body: JsonObject): readonly string[] {
  const description = resource(group, name)
  return description.strategy.validateCreate(created(group, name, body), context).map(fieldErrorMessage)
}

const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
const roleRef = { kind: 'ClusterRole', name: 'r' }

describe('roles', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['roles', { rules: null }, []],
    ['roles', { rules: [rule] }, []],
    ['clusterroles', { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }, []],
    [
      'roles',
      { rules: [{ ...rule, verbs: [] }] },
      ['rules[0].verbs: Required value: verbs must contain at least one value'],
    ],
    [
      'roles',
      { rules: [rule, { verbs: ['get'] }] },
      [
        'rules[1].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[1].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      'roles',
      { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] },
      ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
    ],
    [
      'clusterroles',
      { rules: [{ ...rule, nonResourceURLs: ['/x', '/y'] }] },
      [
        'rules[0].nonResourceURLs: Invalid value: ["/x","/y"]: rules cannot apply to both regular resources and non-resource URLs',
      ],
    ],
    [
      'clusterroles',
      { rules: null, aggregationRule: {} },
      [
        'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
      ],
    ],
    ['clusterroles', { rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }, []],
    [
      'clusterroles',
      { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] } },
      [
        "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.',
      ],
    ],
  ])('%s %j', (name, body, expected) => {
    expect(problems(name, body)).toEqual(expected)
  })
})

describe('bindings', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['rolebindings', { roleRef }, []],
    ['rolebindings', { roleRef: { kind: 'Role', name: 'a:b' }, subjects: [{ kind: 'ServiceAccount', name: 'x' }] }, []],
    [
      'rolebindings',
      { roleRef: { apiGroup: 'apps', kind: 'Pod', name: 'a/b' } },
      [
        'roleRef.apiGroup: Unsupported value: "apps": supported values: "rbac.authorization.k8s.io"',
        'roleRef.kind: Unsupported value: "Pod": supported values: "Role", "ClusterRole"',
        `roleRef.name: Invalid value: "a/b": may not contain '/'`,
      ],
    ],
    [
      'clusterrolebindings',
      { roleRef: { kind: 'Role', name: '' } },
      ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"', 'roleRef.name: Required value'],
    ],
    [
      'clusterrolebindings',
      {
        roleRef,
        subjects: [
          { kind: 'ServiceAccount', name: 'x' },
          { kind: 'ServiceAccount', apiGroup: 'apps', name: 'X_', namespace: 'y' },
          { kind: 'User', apiGroup: 'apps', name: '' },
          { kind: 'Robot', name: 'r' },
        ],
      },
      [
        'subjects[0].namespace: Required value',
        `subjects[1].name: Invalid value: "X_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        'subjects[1].apiGroup: Unsupported value: "apps": supported values: ""',
        'subjects[2].name: Required value',
        'subjects[2].apiGroup: Unsupported value: "apps": supported values: "rbac.authorization.k8s.io"',
        'subjects[3].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
      ],
    ],
  ])('%s %j', (name, body, expected) => {
    expect(problems(name, body)).toEqual(expected)
  })

  it('get the groups that they leave out', () => {
    const subjects = [
      { kind: 'User', name: 'jane' },
      { kind: 'Group', apiGroup: 'x', name: 'g' },
      { kind: 'ServiceAccount', name: 's', namespace: 'n' },
    ]
    const object = created(group, 'rolebindings', { subjects, roleRef })
    expect(JSON.stringify([object['subjects'], object['roleRef']])).toBe(
      JSON.stringify([
        [{ kind: 'User', apiGroup: group, name: 'jane' }, subjects[1], subjects[2]],
        { apiGroup: group, ...roleRef },
      ]),
    )
  })

  it('stay bound to their role', () => {
    const description = resource(group, 'rolebindings')
    const next = decoded(description, { roleRef: { kind: 'Role', name: 'other' } })
    const errors = description.strategy.validateUpdate(next, decoded(description, { roleRef }), context)
    expect(errors.map(fieldErrorMessage)).toEqual([
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"other"}: cannot change roleRef',
    ])
  })
})
