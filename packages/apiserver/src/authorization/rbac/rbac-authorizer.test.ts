import type { KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { bootstrapPolicy } from './bootstrap/bootstrap-policy.ts'
import { parseRule } from './bootstrap/role-table.ts'
import { rbacAuthorizer } from './rbac-authorizer.ts'
import { attributesOf, policyOf } from './testing/policy.ts'

const role = (namespace: string, name: string, ...rows: string[]): KubeObject => ({
  kind: namespace === '' ? 'ClusterRole' : 'Role',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: { name, ...(namespace !== '' && { namespace }) },
  rules: rows.map(parseRule),
})
const binding = (namespace: string, name: string, roleName: string, ...subjects: string[]): KubeObject => ({
  kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: { name, ...(namespace !== '' && { namespace }) },
  subjects: subjects.map((subject) => {
    const [kind = '', path = ''] = subject.split(' ')
    const [subjectName = '', home] = kind === 'ServiceAccount' ? path.split('/').reverse() : [path]
    return { kind, name: subjectName, ...(home !== undefined && { namespace: home }) }
  }),
  roleRef: {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: roleName.startsWith('Role ') ? 'Role' : 'ClusterRole',
    name: roleName.replace('Role ', ''),
  },
})

const source = policyOf([
  ...bootstrapPolicy(),
  role('', 'pod-reader', 'get,list,watch core pods'),
  role('', 'web', 'get /metrics,/healthz/*,/logs*', 'post /hooks/**'),
  role('', 'scaler', 'update,patch * */scale'),
  role('', 'lister', 'list * *', '* batch jobs'),
  role('dev', 'deployer', '* apps deployments,deployments/status'),
  role('dev', 'named', 'get,update core configmaps one,two', 'create core secrets one'),
  role('dev', 'odd', 'get core pods/*', 'get apps,batch *'),
  binding('', 'pod-readers', 'pod-reader', 'User alice', 'ServiceAccount ops/bot', 'Robot alice2'),
  binding('', 'web', 'web', 'Group web'),
  binding('', 'scalers', 'scaler', 'User sam'),
  binding('', 'listers', 'lister', 'User lara'),
  binding('', 'nowhere', 'pod-reader', 'ServiceAccount homeless'),
  binding('', 'dangling', 'gone', 'User dora'),
  binding('dev', 'dangling', 'Role gone', 'User dora'),
  binding('dev', 'deployers', 'Role deployer', 'User dave', 'ServiceAccount builder', 'Group builders'),
  binding('dev', 'named', 'Role named', 'User nora'),
  binding('dev', 'odd', 'Role odd', 'User otto'),
  binding('dev', 'readers', 'pod-reader', 'User rita'),
  binding('dev', 'webs', 'web', 'User wendy'),
  binding('dev', 'admins', 'admin', 'Group dev-admins'),
  binding('dev', 'editors', 'edit', 'Group dev-editors'),
  binding('dev', 'viewers', 'view', 'Group dev-viewers'),
])
const authorize = rbacAuthorizer(source)

interface Case {
  readonly who: string
  /** Absent: the whole cluster, and paths. */
  readonly namespace?: string
  readonly may?: readonly string[]
  readonly mayNot?: readonly string[]
}

const account = (namespace: string, name: string) =>
  `system:serviceaccount:${namespace}:${name}(system:serviceaccounts,system:serviceaccounts:${namespace})`
const controller = (name: string) => account('kube-system', name)

const cases: readonly Case[] = [
  {
    who: 'alice',
    may: ['get pods', 'get pods x', 'list pods', 'watch pods'],
    mayNot: ['create pods', 'get pods/log x', 'get pods.apps', 'get Pods', 'GET pods', 'get nodes', '* pods', 'get *'],
  },
  { who: 'alice', namespace: 'any', may: ['get pods x', 'list pods'], mayNot: ['delete pods x', 'get secrets'] },
  { who: 'alice2', mayNot: ['get pods'] },
  { who: 'Alice', mayNot: ['get pods'] },
  { who: 'mallory(alice)', mayNot: ['get pods'] },
  { who: account('ops', 'bot'), namespace: 'dev', may: ['get pods', 'list pods'], mayNot: ['get configmaps'] },
  { who: account('dev', 'bot'), namespace: 'dev', mayNot: ['get pods'] },
  { who: account('ops', 'bot2'), mayNot: ['get pods'] },
  { who: account('', 'homeless'), mayNot: ['get pods'] },
  {
    who: 'x(web)',
    may: [
      'get /metrics',
      'get /healthz/',
      'get /healthz/etcd',
      'get /logs',
      'get /logs/x',
      'get /logsome',
      'post /hooks/',
    ],
    mayNot: ['get /metrics/', 'post /metrics', 'get /metric', 'get /log', 'post /hooks', 'get /hooks/x', 'get metrics'],
  },
  // Paths belong to no namespace: a RoleBinding grants none.
  { who: 'wendy', mayNot: ['get /metrics', 'get /logs'] },
  {
    who: 'sam',
    namespace: 'dev',
    may: ['update deployments.apps/scale web', 'patch statefulsets.apps/scale x', 'update foos.example.com/scale x'],
    mayNot: ['get deployments.apps/scale web', 'update deployments.apps web', 'update deployments.apps/scaled web'],
  },
  {
    who: 'lara',
    may: [
      'list pods',
      'list secrets',
      'list things.example.com',
      'list pods/log',
      'delete jobs.batch x',
      'x jobs.batch',
    ],
    mayNot: ['get pods', 'watch pods', 'delete jobs.batch/status x', 'list /api', 'get jobs'],
  },
  {
    who: 'dave',
    namespace: 'dev',
    may: [
      'create deployments.apps',
      'deletecollection deployments.apps',
      'x deployments.apps',
      'get deployments.apps/status x',
    ],
    mayNot: ['get deployments.apps/scale x', 'get deployments.extensions x', 'get replicasets.apps', 'get pods'],
  },
  { who: 'dave', namespace: 'prod', mayNot: ['create deployments.apps', 'get deployments.apps x'] },
  { who: 'dave', mayNot: ['list deployments.apps', 'get deployments.apps x'] },
  { who: account('dev', 'builder'), namespace: 'dev', may: ['create deployments.apps'], mayNot: ['get pods'] },
  { who: account('prod', 'builder'), namespace: 'dev', mayNot: ['create deployments.apps'] },
  { who: account('prod', 'builder'), namespace: 'prod', mayNot: ['create deployments.apps'] },
  { who: 'someone(a,builders,b)', namespace: 'dev', may: ['patch deployments.apps x'], mayNot: ['patch pods x'] },
  { who: 'builders', namespace: 'dev', mayNot: ['patch deployments.apps x'] },
  {
    who: 'nora',
    namespace: 'dev',
    may: ['get configmaps one', 'get configmaps two', 'update configmaps one', 'create secrets one'],
    mayNot: ['get configmaps three', 'get configmaps', 'list configmaps', 'delete configmaps one', 'create secrets'],
  },
  { who: 'nora', namespace: 'prod', mayNot: ['get configmaps one'] },
  {
    who: 'otto',
    namespace: 'dev',
    may: ['get deployments.apps x', 'get deployments.apps/scale x', 'get cronjobs.batch', 'get pods/*'],
    mayNot: ['get pods', 'get pods/log x', 'get pods/status x', 'list deployments.apps', 'get services'],
  },
  { who: 'rita', namespace: 'dev', may: ['get pods', 'list pods x'], mayNot: ['create pods', 'get pods/exec x'] },
  { who: 'rita', namespace: 'prod', mayNot: ['get pods'] },
  { who: 'rita', mayNot: ['list pods'] },
  { who: 'dora', namespace: 'dev', mayNot: ['get pods'] },
  {
    who: 'root(system:masters)',
    may: [
      'get pods',
      'x things.example.com/sub y',
      '* *',
      'delete /everything',
      'escalate clusterroles.rbac.authorization.k8s.io',
    ],
  },
  {
    who: 'anyone',
    may: [
      'get /api',
      'get /api/v1',
      'get /apis',
      'get /apis/apps/v1',
      'get /openapi/v2',
      'get /openapi/v3',
      'get /version',
      'get /version/',
      'get /healthz',
      'get /livez',
      'get /readyz',
      'create selfsubjectaccessreviews.authorization.k8s.io',
      'create selfsubjectrulesreviews.authorization.k8s.io',
      'create selfsubjectreviews.authentication.k8s.io',
    ],
    mayNot: [
      'get /metrics',
      'get /',
      'get /healthz/etcd',
      'get /livez/ping',
      'get /logs',
      'post /api',
      'get /apisx',
      'get pods',
      'list namespaces',
      'create subjectaccessreviews.authorization.k8s.io',
      'create tokenreviews.authentication.k8s.io',
      'get /.well-known/openid-configuration',
      'get selfsubjectreviews.authentication.k8s.io',
    ],
  },
  {
    who: 'system:anonymous',
    may: ['get /healthz', 'get /livez', 'get /readyz', 'get /version', 'get /version/'],
    mayNot: [
      'get /api',
      'get /apis',
      'get /openapi/v2',
      'get /',
      'get /metrics',
      'get pods',
      'post /version',
      'create selfsubjectreviews.authentication.k8s.io',
      'create selfsubjectaccessreviews.authorization.k8s.io',
    ],
  },
  {
    who: 'probe(system:monitoring)',
    may: [
      'get /metrics',
      'get /metrics/slis',
      'get /healthz/etcd',
      'get /livez/ping',
      'get /readyz/x',
      'get nodes/metrics',
    ],
    mayNot: ['get /logs', 'get nodes', 'post /metrics'],
  },
  {
    who: 'ada(dev-admins)',
    namespace: 'dev',
    may: [
      'create roles.rbac.authorization.k8s.io',
      'delete rolebindings.rbac.authorization.k8s.io x',
      'get secrets x',
      'create pods',
      'create pods/exec x',
      'create localsubjectaccessreviews.authorization.k8s.io',
      'get pods/log x',
      'impersonate serviceaccounts x',
      'update deployments.apps/scale x',
      'create serviceaccounts/token x',
    ],
    mayNot: [
      'create clusterroles.rbac.authorization.k8s.io',
      'update resourcequotas x',
      'delete namespaces dev',
      'create limitranges',
      'escalate roles.rbac.authorization.k8s.io',
      'bind roles.rbac.authorization.k8s.io',
      'create endpoints',
      'get nodes',
    ],
  },
  { who: 'ada(dev-admins)', namespace: 'prod', mayNot: ['get pods', 'create roles.rbac.authorization.k8s.io'] },
  { who: 'ada(dev-admins)', mayNot: ['list pods', 'list namespaces'] },
  {
    who: 'eve(dev-editors)',
    namespace: 'dev',
    may: [
      'create deployments.apps',
      'get secrets x',
      'create secrets',
      'deletecollection pods',
      'create pods/eviction x',
      'patch ingresses.networking.k8s.io x',
      'get configmaps x',
      'watch events',
      'create leases.coordination.k8s.io',
      'delete jobs.batch x',
      'get pods/log x',
      'create resourceclaims.resource.k8s.io',
      'get namespaces dev',
    ],
    mayNot: [
      'create roles.rbac.authorization.k8s.io',
      'get roles.rbac.authorization.k8s.io',
      'delete namespaces dev',
      'create pods/binding x',
      'update pods/status x',
      'create networkpolicies.extensions/status x',
      'get nodes',
      'create localsubjectaccessreviews.authorization.k8s.io',
      'create resourcequotas',
    ],
  },
  {
    who: 'vic(dev-viewers)',
    namespace: 'dev',
    may: [
      'get pods x',
      'list pods',
      'watch deployments.apps',
      'get pods/log x',
      'get deployments.apps/scale x',
      'list events',
      'list events.events.k8s.io',
      'get endpointslices.discovery.k8s.io x',
      'get namespaces dev',
      'list resourcequotas',
    ],
    mayNot: [
      'get secrets x',
      'list secrets',
      'create pods',
      'get pods/exec x',
      'get pods/proxy x',
      'delete pods x',
      'get roles.rbac.authorization.k8s.io',
      'get leases.coordination.k8s.io x',
      'impersonate serviceaccounts x',
    ],
  },
  {
    who: 'system:kube-scheduler',
    namespace: 'dev',
    may: [
      'create pods/binding x',
      'update pods/status x',
      'list nodes',
      'delete pods x',
      'create events.events.k8s.io',
    ],
    mayNot: ['create pods', 'get secrets', 'update nodes x', 'create deployments.apps'],
  },
  {
    who: 'system:kube-scheduler',
    namespace: 'kube-system',
    may: [
      'get leases.coordination.k8s.io kube-scheduler',
      'create leases.coordination.k8s.io',
      'get configmaps extension-apiserver-authentication',
      'watch configmaps extension-apiserver-authentication',
    ],
    mayNot: ['get configmaps other', 'list configmaps', 'list secrets'],
  },
  {
    who: 'system:kube-controller-manager',
    may: [
      'list secrets',
      'create serviceaccounts/token',
      'watch things.example.com',
      'create tokenreviews.authentication.k8s.io',
    ],
    mayNot: ['create pods', 'escalate clusterroles.rbac.authorization.k8s.io', 'delete nodes x'],
  },
  {
    who: 'system:kube-proxy',
    may: ['list services', 'watch endpointslices.discovery.k8s.io', 'get nodes x'],
    mayNot: ['list pods', 'update services x'],
  },
  // Nodes get what they may do from the Node authorizer: their role is bound to nobody.
  { who: 'system:node:n1(system:nodes)', mayNot: ['get nodes n1', 'list pods', 'get secrets x', 'create nodes'] },
  {
    who: controller('deployment-controller'),
    namespace: 'dev',
    may: ['create replicasets.apps', 'update deployments.apps/status x', 'list pods'],
    mayNot: ['create pods', 'create deployments.apps', 'get secrets x'],
  },
  {
    who: controller('clusterrole-aggregation-controller'),
    may: ['escalate clusterroles.rbac.authorization.k8s.io', 'patch clusterroles.rbac.authorization.k8s.io admin'],
    mayNot: ['create clusterroles.rbac.authorization.k8s.io', 'update roles.rbac.authorization.k8s.io x'],
  },
  {
    who: controller('generic-garbage-collector'),
    may: ['delete things.example.com x', 'list pods', 'patch pods x'],
    mayNot: ['create pods', 'deletecollection pods'],
  },
  {
    who: controller('namespace-controller'),
    may: ['deletecollection things.example.com', 'update namespaces/finalize x', 'delete namespaces x'],
    mayNot: ['create pods'],
  },
  {
    who: controller('token-cleaner'),
    namespace: 'kube-system',
    may: ['delete secrets x', 'list secrets'],
    mayNot: ['create secrets'],
  },
  { who: controller('token-cleaner'), namespace: 'default', mayNot: ['delete secrets x'] },
  {
    who: account('dev', 'default'),
    may: ['get /.well-known/openid-configuration', 'get /openid/v1/jwks'],
    mayNot: ['list pods', 'get /metrics'],
  },
]

const rows = cases.flatMap(({ who, namespace, may = [], mayNot = [] }) => [
  ...may.map((request) => ({ who, request, namespace, decision: 'allow' })),
  ...mayNot.map((request) => ({ who, request, namespace, decision: 'no-opinion' })),
])

test('there are rows enough', () => {
  expect(rows.length).toBeGreaterThan(200)
})

test.each(rows)('$who: $request in $namespace: $decision', ({ who, request, namespace, decision }) => {
  expect(authorize(attributesOf(who, request, namespace))).toMatchObject({ decision })
})

describe('reasons', () => {
  test.each([
    [
      'alice',
      'get pods',
      '',
      'allowed by ClusterRoleBinding "pod-readers" of ClusterRole "pod-reader" to User "alice"',
    ],
    [
      account('ops', 'bot'),
      'get pods',
      'dev',
      'allowed by ClusterRoleBinding "pod-readers" of ClusterRole "pod-reader" to ServiceAccount "bot/ops"',
    ],
    ['x(web)', 'get /metrics', '', 'allowed by ClusterRoleBinding "web" of ClusterRole "web" to Group "web"'],
    [
      'dave',
      'create deployments.apps',
      'dev',
      'allowed by RoleBinding "deployers/dev" of Role "deployer" to User "dave"',
    ],
    [
      account('dev', 'builder'),
      'create deployments.apps',
      'dev',
      'allowed by RoleBinding "deployers/dev" of Role "deployer" to ServiceAccount "builder/dev"',
    ],
    ['rita', 'get pods', 'dev', 'allowed by RoleBinding "readers/dev" of ClusterRole "pod-reader" to User "rita"'],
    ['dora', 'get pods', '', 'clusterrole.rbac.authorization.k8s.io "gone" not found'],
    [
      'dora',
      'get pods',
      'dev',
      '[clusterrole.rbac.authorization.k8s.io "gone" not found, role.rbac.authorization.k8s.io "gone" not found]',
    ],
  ])('%s: %s in %s', (who, request, namespace, reason) => {
    expect(authorize(attributesOf(who, request, namespace))).toMatchObject({ reason: `RBAC: ${reason}` })
  })

  test('nothing is said when no rule matches', () => {
    expect(authorize(attributesOf('mallory', 'get pods'))).toEqual({ decision: 'no-opinion' })
  })
})
