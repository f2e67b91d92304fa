import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { reconcile } from './reconcile.ts'
import { parseRule } from './role-table.ts'

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate'
const metadata = (annotations: Record<string, string>, labels: Record<string, string> = { a: '1' }) => ({
  name: 'x',
  labels,
  annotations,
})
const role = (rows: readonly string[], meta: KubeObject['metadata'], more: JsonObject = {}): KubeObject => ({
  kind: 'ClusterRole',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: meta,
  rules: rows.map(parseRule),
  ...more,
})
const binding = (roleName: string, subjects: readonly string[], meta: KubeObject['metadata']): KubeObject => ({
  kind: 'ClusterRoleBinding',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: meta,
  subjects: subjects.map((name) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
})
const on = metadata({ [autoupdate]: 'true' })
const off = metadata({ [autoupdate]: 'false' })
const selecting = (...labels: string[]) => ({
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'true' } })) },
})

test.each<[string, KubeObject, KubeObject, ReturnType<typeof reconcile>]>([
  ['the same role', role(['get core pods'], on), role(['get core pods'], on), { type: 'none' }],
  [
    'a role with more rules, labels and annotations',
    role(['get,list core pods', 'get /x'], metadata({ [autoupdate]: 'true', b: '2' }, { a: '1', c: '3' })),
    role(['get core pods'], on),
    { type: 'none' },
  ],
  [
    'a label that a user changed',
    role([], metadata({ [autoupdate]: 'true' }, { a: '2' })),
    role([], on),
    { type: 'none' },
  ],
  [
    'a role that lacks rules',
    role(['get core pods'], on),
    role(['get,list core pods', 'get /x'], on),
    { type: 'update', object: role(['get core pods', 'list core pods', 'get /x'], on) },
  ],
  ['a role that lacks metadata', role([], { name: 'x' }), role([], on), { type: 'update', object: role([], on) }],
  ['a protected role that lacks rules', role([], off), role(['get core pods'], on), { type: 'protected' }],
  ['a protected role that lacks nothing', role([], off), role([], on), { type: 'none' }],
  [
    'a role that collects what it should not',
    role([], on, selecting('a')),
    role([], on),
    { type: 'update', object: role([], on) },
  ],
  [
    'a role that collects too little',
    role(['get core pods'], on, selecting('a')),
    role([], on, selecting('b')),
    { type: 'update', object: role(['get core pods'], on, selecting('a', 'b')) },
  ],
  ['a binding with more subjects', binding('r', ['a', 'b'], on), binding('r', ['b'], on), { type: 'none' }],
  [
    'a binding that lacks subjects',
    binding('r', ['a'], on),
    binding('r', ['b'], on),
    { type: 'update', object: binding('r', ['a', 'b'], on) },
  ],
  ['a binding of another role', binding('q', ['a'], on), binding('r', ['a'], on), { type: 'recreate' }],
  ['a protected binding of another role', binding('q', ['a'], off), binding('r', ['a'], on), { type: 'protected' }],
])('%s', (_, existing, expected, result) => {
  expect(reconcile(existing, expected)).toEqual(result)
})
