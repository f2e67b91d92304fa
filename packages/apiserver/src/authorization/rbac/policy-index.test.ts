import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AuthorizationAttributes } from '../authorizer.ts'
import type { Binding, PolicyRule, Role } from './policy.ts'
import { createPolicyIndex } from './policy-index.ts'
import { rbacAuthorizer } from './rbac-authorizer.ts'
import { ruleAllows } from './rule-allows.ts'

const oneOf = (...values: string[]) => fc.constantFrom(...values)
const namespaces = oneOf('', 'a', 'b')
const names = oneOf('x', 'y', 'z')

const rule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: fc.array(oneOf('get', 'list', '*'), { maxLength: 2 }),
  apiGroups: fc.array(oneOf('', 'apps', '*'), { maxLength: 2 }),
  resources: fc.array(oneOf('pods', 'pods/log', '*/log', '*'), { maxLength: 2 }),
  resourceNames: fc.array(names, { maxLength: 1 }),
  nonResourceURLs: fc.array(oneOf('/a', '/a/*', '*'), { maxLength: 1 }),
})
const role: fc.Arbitrary<Role> = fc.record({
  namespace: namespaces,
  name: names,
  rules: fc.array(rule, { maxLength: 2 }),
})
const binding: fc.Arbitrary<Binding> = fc.record({
  namespace: namespaces,
  name: names,
  roleRef: fc.record({ apiGroup: fc.constant(''), kind: oneOf('Role', 'ClusterRole', 'Odd'), name: names }),
  subjects: fc.array(
    fc.record({
      kind: oneOf('User', 'Group', 'ServiceAccount', 'Odd'),
      apiGroup: fc.constant(''),
      name: oneOf('u', 'g', 'h', 'system:serviceaccount:a:u'),
      namespace: namespaces,
    }),
    { maxLength: 3 },
  ),
})
const step = fc.oneof(
  role.map((object) => ({ type: 'setRole' as const, object })),
  role.map((object) => ({ type: 'removeRole' as const, object })),
  binding.map((object) => ({ type: 'setBinding' as const, object })),
  binding.map((object) => ({ type: 'removeBinding' as const, object })),
)
const request: fc.Arbitrary<AuthorizationAttributes> = fc.record({
  user: fc.record({
    name: oneOf('u', 'system:serviceaccount:a:u', 'nobody'),
    groups: fc.uniqueArray(oneOf('g', 'h', 'u')),
  }),
  verb: oneOf('get', 'list', 'delete'),
  isResourceRequest: fc.boolean(),
  path: oneOf('/a', '/a/b', '/c'),
  group: oneOf('', 'apps', 'x.io'),
  version: fc.constant('v1'),
  resource: oneOf('pods', 'nodes'),
  subresource: oneOf('', 'log'),
  namespace: namespaces,
  name: oneOf('', 'x', 'y'),
})

/** Upstream's way: every binding is looked at for every request. */
function allowedByAny(
  roles: readonly Role[],
  bindings: readonly Binding[],
  attributes: AuthorizationAttributes,
): boolean {
  const { user, namespace } = attributes
  return bindings
    .filter((bound) => bound.namespace === '' || bound.namespace === namespace)
    .filter((bound) =>
      bound.subjects.some((subject) => {
        if (subject.kind === 'User') return subject.name === user.name
        if (subject.kind === 'Group') return user.groups.includes(subject.name)
        const home = subject.namespace || bound.namespace
        if (subject.kind !== 'ServiceAccount' || home === '') return false
        return user.name === `system:serviceaccount:${home}:${subject.name}`
      }),
    )
    .flatMap(({ roleRef, namespace: home }) => {
      const scope = roleRef.kind === 'ClusterRole' ? '' : home
      if (roleRef.kind === 'Odd' || (roleRef.kind === 'Role' && home === '')) return []
      return roles.filter((one) => one.name === roleRef.name && one.namespace === scope)
    })
    .some(({ rules }) => rules.some((one) => ruleAllows(attributes, one)))
}

test('decides as looking at all bindings does, whatever came and went', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.array(request, { minLength: 5 }), (steps, requests) => {
      const index = createPolicyIndex()
      const roles = new Map<string, Role>()
      const bindings = new Map<string, Binding>()
      for (const { type, object } of steps) {
        const key = `${object.namespace}/${object.name}`
        if (type === 'setRole') roles.set(key, object)
        else if (type === 'removeRole') roles.delete(key)
        else if (type === 'setBinding') bindings.set(key, object)
        else bindings.delete(key)
        if (type === 'setRole') index.setRole(object)
        else if (type === 'removeRole') index.removeRole(object)
        else if (type === 'setBinding') index.setBinding(object)
        else index.removeBinding(object)
      }
      const authorize = rbacAuthorizer({ index, isReady: true, ready: () => Promise.resolve() })
      for (const attributes of requests) {
        const expected = allowedByAny([...roles.values()], [...bindings.values()], attributes)
        expect(authorize(attributes)).toMatchObject({ decision: expected ? 'allow' : 'no-opinion' })
      }
    }),
    { numRuns: 500 },
  )
})
