import { expect, test } from 'vitest'
import type { AuthorizationAttributes } from './authorizer.ts'
import { forbiddenRequest } from './forbidden.ts'

const pods: AuthorizationAttributes = {
  user: { name: 'jane', groups: [] },
  verb: 'list',
  isResourceRequest: true,
  path: '/api/v1/namespaces/x/pods',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'x',
  name: '',
}

const cases: readonly (readonly [string, Partial<AuthorizationAttributes>, string, string])[] = [
  [
    'a collection in a namespace',
    {},
    '',
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "x"',
  ],
  [
    'one object of a group, with a subresource',
    { verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale', name: 'web' },
    '',
    'deployments.apps "web" is forbidden: User "jane" cannot update resource "deployments/scale" in API group "apps" in the namespace "x"',
  ],
  [
    'the whole cluster, with a reason',
    { namespace: '', resource: 'nodes' },
    'because <so>',
    'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope: because <so>',
  ],
  [
    'a path',
    { isResourceRequest: false, verb: 'get', path: '/metrics', resource: '', namespace: '' },
    '',
    'forbidden: User "jane" cannot get path "/metrics"',
  ],
  [
    'markup',
    { user: { name: '<b>&"', groups: [] }, namespace: '' },
    '',
    'pods is forbidden: User "&lt;b&gt;&amp;\\"" cannot list resource "pods" in API group "" at the cluster scope',
  ],
]
test.each(cases)('%s', (_, change, reason, message) => {
  const attributes = { ...pods, ...change }
  const error = forbiddenRequest(attributes, reason)
  expect(error.status).toMatchObject({ code: 403, reason: 'Forbidden', message })
  const details = { name: attributes.name, group: attributes.group, kind: attributes.resource }
  expect(error.status.details).toEqual(Object.fromEntries(Object.entries(details).filter(([, value]) => value !== '')))
})
