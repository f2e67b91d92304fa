import { expect, test } from 'vitest'
import { type AuditedAttributes, createPolicyEvaluator } from './evaluate-policy.ts'
import { parseAuditPolicy } from './parse-policy.ts'

const tim = { name: 'tim@k8s.io', groups: ['humans', 'developers'] }

const requests = {
  namespaced: resource({ verb: 'get', resource: 'pods', namespace: 'default', name: 'busybox' }),
  cluster: resource({ verb: 'list', resource: 'nodes' }),
  grouped: resource({ verb: 'update', group: 'apps', resource: 'deployments', namespace: 'default', name: 'web' }),
  subresource: resource({ verb: 'get', resource: 'pods', subresource: 'log', namespace: 'default', name: 'busybox' }),
  scale: resource({
    verb: 'update',
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    namespace: 'x',
    name: 'a',
  }),
  path: { ...resource({ verb: 'get' }), isResourceRequest: false, path: '/logs/kubelet.log' },
  nobody: { ...anonymous({ verb: 'get', resource: 'pods', namespace: 'default' }) },
} satisfies Record<string, AuditedAttributes>

function anonymous(some: Partial<AuditedAttributes>): AuditedAttributes {
  const empty = { group: '', version: 'v1', resource: '', subresource: '', namespace: '', name: '', path: '', verb: '' }
  return { ...empty, isResourceRequest: true, ...some }
}

function resource(some: Partial<AuditedAttributes>): AuditedAttributes {
  return anonymous({ user: tim, ...some })
}

type Name = keyof typeof requests
const all = Object.keys(requests) as Name[]
const resources: Name[] = ['namespaced', 'cluster', 'grouped', 'subresource', 'scale', 'nobody']

const rules: readonly (readonly [rule: string, matching: readonly Name[]])[] = [
  ['{}', all],
  ['{users: [tim@k8s.io]}', all.filter((name) => name !== 'nobody')],
  ['{users: [ghost]}', []],
  ['{userGroups: [humans]}', all.filter((name) => name !== 'nobody')],
  ['{userGroups: [humans], users: [ghost]}', []],
  ['{verbs: [get]}', ['namespaced', 'subresource', 'path', 'nobody']],
  ['{verbs: [GET]}', []],
  ['{namespaces: [default]}', ['namespaced', 'grouped', 'subresource', 'nobody']],
  ['{namespaces: [""]}', ['cluster']],
  ['{namespaces: ["", x]}', ['cluster', 'scale']],
  ['{resources: [{}]}', ['namespaced', 'cluster', 'subresource', 'nobody']],
  ['{resources: [{group: "*"}]}', resources],
  ['{resources: [{group: apps}]}', ['grouped', 'scale']],
  ['{resources: [{resources: [pods]}]}', ['namespaced', 'nobody']],
  ['{resources: [{resources: [pods/log]}]}', ['subresource']],
  ['{resources: [{resources: ["pods/*"]}]}', ['namespaced', 'subresource', 'nobody']],
  ['{resources: [{resources: ["*/log"]}]}', ['subresource']],
  ['{resources: [{group: "*", resources: ["*/scale"]}]}', ['scale']],
  ['{resources: [{group: "*", resources: ["*"]}]}', resources],
  ['{resources: [{group: apps, resources: ["*"]}]}', ['grouped', 'scale']],
  ['{resources: [{resources: [pods], resourceNames: [busybox]}]}', ['namespaced']],
  ['{resources: [{resources: [pods, pods/log], resourceNames: [busybox]}]}', ['namespaced', 'subresource']],
  ['{resources: [{resources: [nodes]}, {group: apps, resources: [deployments]}]}', ['cluster', 'grouped']],
  ['{resources: [{resources: [nodes]}], namespaces: [default]}', []],
  ['{nonResourceURLs: ["*"]}', ['path']],
  ['{nonResourceURLs: [/logs]}', []],
  ['{nonResourceURLs: ["/logs*"]}', ['path']],
  ['{nonResourceURLs: ["/logs/*"]}', ['path']],
  ['{nonResourceURLs: [/logs/kubelet.log]}', ['path']],
  ['{nonResourceURLs: ["/other*"], verbs: [get]}', []],
]

test.each(rules)('%s', (rule, matching) => {
  const decide = evaluator(`[${rule.replace('{', '{level: Metadata, ').replace(', }', '}')}]`)
  expect(all.filter((name) => decide(requests[name]).level === 'Metadata')).toEqual(matching)
})

test('the first rule that matches counts, and stages add up', () => {
  const decide = evaluator(
    '[{level: None, verbs: [list]}, {level: Request, verbs: [get], omitStages: [Panic], omitManagedFields: false}, {level: RequestResponse}]',
    'omitStages: [RequestReceived]\nomitManagedFields: true\n',
  )
  expect(decide(requests.cluster).level).toBe('None')
  expect(decide(requests.namespaced)).toEqual({
    level: 'Request',
    omitStages: new Set(['RequestReceived', 'Panic']),
    omitManagedFields: false,
  })
  expect(decide(requests.grouped)).toMatchObject({ level: 'RequestResponse', omitManagedFields: true })
})

test('what no rule matches is not recorded', () => {
  expect(evaluator('[{level: Request, verbs: [create]}]')(requests.path).level).toBe('None')
})

function evaluator(list: string, more = ''): ReturnType<typeof createPolicyEvaluator> {
  return createPolicyEvaluator(parseAuditPolicy(`apiVersion: audit.k8s.io/v1\nkind: Policy\n${more}rules: ${list}\n`))
}
