import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRule } from './bootstrap/role-table.ts'
import { uncoveredRules } from './covers.ts'
import { describeRules } from './describe-rules.ts'
import { readRules } from './read-policy.ts'
import { ruleAllows } from './rule-allows.ts'
import { attributesOf } from './testing/policy.ts'

const rules = (rows: readonly string[]) => readRules({ rules: rows.map(parseRule) })

describe('what is missing', () => {
  test.each<[string, string[], string[], string]>([
    ['nothing', ['get core pods'], ['get core pods'], ''],
    ['nothing under wildcards', ['* * *', '* *'], ['get,x core,apps pods/log,y a,b', 'get /x,/y*', '* * *', '* *'], ''],
    [
      'verbs, together',
      ['get core pods'],
      ['watch,get,list core pods'],
      '{APIGroups:[""], Resources:["pods"], Verbs:["watch" "list"]}',
    ],
    [
      'one line a resource, in order',
      [],
      ['get apps,core pods,services'],
      [
        '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
        '{APIGroups:[""], Resources:["services"], Verbs:["get"]}',
        '{APIGroups:["apps"], Resources:["pods"], Verbs:["get"]}',
        '{APIGroups:["apps"], Resources:["services"], Verbs:["get"]}',
      ].join('\n'),
    ],
    [
      'names',
      ['get core pods a'],
      ['get,list core pods a,b'],
      [
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["list"]}',
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["get" "list"]}',
      ].join('\n'),
    ],
    ['all names', ['get core pods a'], ['get core pods'], '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
    [
      'wildcards, which only wildcards cover',
      ['get,list,watch core,apps pods'],
      ['* core pods', 'get * pods', 'get core *'],
      [
        '{APIGroups:[""], Resources:["*"], Verbs:["get"]}',
        '{APIGroups:[""], Resources:["pods"], Verbs:["*"]}',
        '{APIGroups:["*"], Resources:["pods"], Verbs:["get"]}',
      ].join('\n'),
    ],
    ['no subresource of all kinds', ['update * */scale'], ['update apps deployments/scale'], ''],
    [
      'subresources',
      ['get core pods'],
      ['get core pods/log'],
      '{APIGroups:[""], Resources:["pods/log"], Verbs:["get"]}',
    ],
    ['no path under a prefix', ['get /a/*,/b'], ['get /a/x,/a/*,/b'], ''],
    [
      'paths, each verb on its own',
      ['get /a/*'],
      ['get,post /a,/a/b'],
      [
        '{NonResourceURLs:["/a"], Verbs:["get"]}',
        '{NonResourceURLs:["/a"], Verbs:["post"]}',
        '{NonResourceURLs:["/a/b"], Verbs:["post"]}',
      ].join('\n'),
    ],
  ])('%s', (_, held, wanted, missing) => {
    expect(describeRules(uncoveredRules(rules(held), rules(wanted)))).toBe(missing)
  })
})

test('whoever is allowed by covered rules is allowed by the rules that cover them', () => {
  const row = fc
    .tuple(
      fc.constantFrom('get', 'get,list', '*'),
      fc.constantFrom('core', 'apps', 'core,apps', '*'),
      fc.constantFrom('pods', 'pods,pods/log', '*/log', '*'),
      fc.constantFrom('', ' a', ' a,b'),
    )
    .map(([verbs, groups, resources, names]) => `${verbs} ${groups} ${resources}${names}`)
  const request = fc
    .tuple(
      fc.constantFrom('get', 'list', 'delete'),
      fc.constantFrom('pods', 'pods/log', 'pods.apps', 'nodes/log'),
      fc.constantFrom('', ' a', ' c'),
    )
    .map((parts) => parts.join(' ').replace('  ', ' '))
  fc.assert(
    fc.property(fc.array(row), fc.array(row), fc.array(request), (held, wanted, requests) => {
      fc.pre(uncoveredRules(rules(held), rules(wanted)).length === 0)
      for (const text of requests) {
        const attributes = attributesOf('x', text)
        const allowed = rules(wanted).some((rule) => ruleAllows(attributes, rule))
        if (allowed) expect(rules(held).some((rule) => ruleAllows(attributes, rule))).toBe(true)
      }
    }),
  )
})
