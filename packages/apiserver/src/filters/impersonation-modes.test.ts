import { describe, expect, test } from 'vitest'
import type { UserInfo } from '../authentication/user-info.ts'
import type { AuthorizationAttributes } from '../authorization/authorizer.ts'
import { AbortSource } from '../request/abort-source.ts'
import { createContext } from '../request/create-context.ts'
import { parseRequestInfo } from '../request/parse-request-info.ts'
import { statusResponse } from '../request/responses.ts'
import { testRequest } from '../request/testing/request.ts'
import { createWarningRecorder } from '../request/warning-headers.ts'
import { impersonation } from './impersonation.ts'

const bob: UserInfo = { name: 'bob', groups: ['dev'] }
const podOnNode: UserInfo = {
  name: 'system:serviceaccount:ns:agent',
  groups: ['system:serviceaccounts'],
  extra: { 'authentication.kubernetes.io/node-name': ['n1'], other: ['x'] },
}

/** A filter whose authorizer allows what is listed, as `verb group/resource[/subresource] [namespace/]name`. */
function filterFor(requester: UserInfo, allowed: readonly string[]) {
  const asked: string[] = []
  const extras: unknown[] = []
  const question = ({ verb, group, resource, subresource, namespace, name }: AuthorizationAttributes) => {
    const what = [group, resource, ...(subresource === '' ? [] : [subresource])].join('/')
    return [
      verb,
      what,
      ...(name === '' && namespace === '' ? [] : [namespace === '' ? name : `${namespace}/${name}`]),
    ].join(' ')
  }
  const became: UserInfo[] = []
  const handler = impersonation((attributes) => {
    asked.push(question(attributes))
    extras.push(attributes.user.extra)
    return { decision: allowed.includes(question(attributes)) ? 'allow' : 'no-opinion' }
  }, statusResponse)((inner) => {
    became.push(inner.user)
    return { status: 200, headers: {} }
  })
  const act = async (lines: readonly (readonly [string, string])[], target = '/api/v1/namespaces/ns/pods') => {
    asked.length = 0
    became.length = 0
    const headers: Record<string, string> = {}
    for (const [name, value] of lines)
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
    const request = { ...testRequest({ target, headers }), rawHeaders: lines.flat() }
    const response = await handler(
      createContext({
        request,
        info: parseRequestInfo(request),
        auditId: '',
        receivedAt: 0,
        warnings: createWarningRecorder(),
        user: requester,
        abort: new AbortSource(),
      }),
    )
    const message = typeof response.body === 'string' ? String(JSON.parse(response.body).message) : ''
    return { status: response.status, message, became: became[0], asked: [...asked], extras: [...extras] }
  }
  return act
}

const as = (name: string, ...more: readonly (readonly [string, string])[]) =>
  [['impersonate-user', name], ...more] as const

describe('user-info', () => {
  const identity = 'impersonate:user-info authentication.k8s.io/users jane'
  const action = 'impersonate-on:user-info:list /pods ns/'

  test('needs the action and the identity', async () => {
    const act = filterFor(bob, [action, identity])
    const answer = await act(as('jane'))
    expect([answer.asked, answer.became]).toEqual([
      [action, identity],
      { name: 'jane', groups: ['system:authenticated'] },
    ])
  })

  test('the refusal of the first mode is the answer', async () => {
    const answer = await filterFor(bob, [])(as('jane'))
    expect([answer.status, answer.message, answer.asked]).toEqual([
      403,
      'pods is forbidden: User "bob" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "ns"',
      [action, 'impersonate /users jane'],
    ])
    expect((await filterFor(bob, [action])(as('jane'))).message).toBe(
      'users.authentication.k8s.io "jane" is forbidden: User "bob" cannot impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope',
    )
  })

  test('groups, uid and extra, each by its own permission', async () => {
    const lines = as(
      'jane',
      ['impersonate-uid', '1'],
      ['impersonate-group', 'a'],
      ['impersonate-extra-acme.io%2fk', 'v'],
    )
    const parts = [
      'impersonate:user-info authentication.k8s.io/uids 1',
      'impersonate:user-info authentication.k8s.io/groups a',
      'impersonate:user-info authentication.k8s.io/userextras/acme.io/k v',
    ]
    const answer = await filterFor(bob, [action, identity, ...parts])(lines)
    expect([answer.asked, answer.became]).toEqual([
      [action, identity, ...parts],
      { name: 'jane', uid: '1', groups: ['a', 'system:authenticated'], extra: { 'acme.io/k': ['v'] } },
    ])
  })

  test('many groups are asked about at once', async () => {
    const groups = ['a', 'b', 'c', 'd'].map((group) => ['impersonate-group', group] as const)
    const all = 'impersonate:user-info authentication.k8s.io/groups *'
    expect((await filterFor(bob, [action, identity, all])(as('jane', ...groups))).asked).toEqual([
      action,
      identity,
      all,
    ])
    const each = ['a', 'b', 'c', 'd'].map((group) => `impersonate:user-info authentication.k8s.io/groups ${group}`)
    const answer = await filterFor(bob, [action, identity, ...each])(as('jane', ...groups))
    expect(answer.asked).toEqual([action, identity, all, ...each])
  })

  const neverAllowed: readonly (readonly [string, string, string])[] = [
    ['impersonate-group', '', 'impersonating the empty string group is not allowed'],
    ['impersonate-group', 'system:masters', 'impersonating the system:masters group is not allowed'],
    ['impersonate-extra-', 'v', 'impersonating the empty string key in extra is not allowed'],
    [
      'impersonate-extra-k',
      'v',
      'impersonating an invalid key in extra is not allowed: extra.key: Invalid value: "k": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    ['impersonate-extra-acme.io%2fk', '', 'impersonating the empty string value in extra is not allowed'],
    ['impersonate-extra-acme.io%2f%4b', 'v', 'impersonating a non-lowercase key in extra is not allowed: "acme.io/K"'],
  ]
  test.each(neverAllowed)('%s: %s', async (header, value, reason) => {
    const answer = await filterFor(bob, [action, identity])(as('jane', [header, value]))
    expect([answer.status, answer.message.endsWith(`: ${reason}`)]).toEqual([403, true])
  })
})

describe('nodes and service accounts', () => {
  test('a pod may act as its own node, whichever that is', async () => {
    const action = 'impersonate-on:associated-node:list /pods ns/'
    const identity = 'impersonate:associated-node authentication.k8s.io/nodes *'
    const act = filterFor(podOnNode, [action, identity])
    const answer = await act(as('system:node:n1'))
    expect([answer.asked, answer.became]).toEqual([
      [action, identity],
      { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] },
    ])
    expect(answer.extras[0]).toEqual({
      'authentication.kubernetes.io/associated-node-keys': ['authentication.kubernetes.io/node-name', 'other'],
    })
    const other = await act(as('system:node:n2'))
    expect([other.status, other.asked[0]]).toEqual([403, 'impersonate-on:arbitrary-node:list /pods ns/'])
  })

  test('any node by its name', async () => {
    const allowed = [
      'impersonate-on:arbitrary-node:get /nodes n2',
      'impersonate:arbitrary-node authentication.k8s.io/nodes n2',
    ]
    const answer = await filterFor(bob, allowed)(as('system:node:n2'), '/api/v1/nodes/n2')
    expect(answer.became).toEqual({ name: 'system:node:n2', groups: ['system:nodes', 'system:authenticated'] })
  })

  test('a service account by namespace and name, and only as it is', async () => {
    const action = 'impersonate-on:serviceaccount:list /pods ns/'
    const identity = 'impersonate:serviceaccount authentication.k8s.io/serviceaccounts team/robot'
    const act = filterFor(bob, [action, identity])
    expect((await act(as('system:serviceaccount:team:robot'))).became).toEqual({
      name: 'system:serviceaccount:team:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'],
    })
    const withGroup = await act(as('system:serviceaccount:team:robot', ['impersonate-group', 'x']))
    expect([withGroup.status, withGroup.asked]).toEqual([403, ['impersonate /serviceaccounts team/robot']])
  })

  test('a path that is no resource', async () => {
    const allowed = ['impersonate-on:user-info:get /', 'impersonate:user-info authentication.k8s.io/users jane']
    expect((await filterFor(bob, allowed)(as('jane'), '/metrics')).status).toBe(200)
  })
})

describe('legacy', () => {
  test('comes last, and first the next time', async () => {
    const act = filterFor(bob, ['impersonate /users jane'])
    expect((await act(as('jane'))).asked).toEqual([
      'impersonate-on:user-info:list /pods ns/',
      'impersonate /users jane',
    ])
    expect((await act(as('jane'))).asked).toEqual(['impersonate /users jane'])
    expect((await act(as('joe'))).message).toBe(
      'users "joe" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
  })

  test('masters are its affair', async () => {
    const allowed = ['impersonate /users jane', 'impersonate /groups system:masters']
    const answer = await filterFor(bob, allowed)(as('jane', ['impersonate-group', 'system:masters']))
    expect(answer.became?.groups).toEqual(['system:masters', 'system:authenticated'])
  })
})
