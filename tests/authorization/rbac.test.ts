import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Credentials, readCredentials } from '../support/kubeconfig-credentials.ts'
import { requestAs } from '../support/request-as.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const group = 'rbac.authorization.k8s.io'

let controlPlane: TestControlPlane
let server: Credentials
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
  const tokenAuthFile = join(folder.path, 'tokens')
  const users = ['jane,', 'dave,,"dev,ops"', 'root,,system:masters', 'ed,', 'bea,', 'ann,', 'gus,']
  await writeFile(tokenAuthFile, users.map((user) => `${user.split(',')[0]},${user}`).join('\n'))
  controlPlane = await startTestControlPlane({ tokenAuthFile })
  server = await readCredentials(controlPlane.kubeconfig)
})
afterAll(async () => {
  await controlPlane.stop()
  await folder.remove()
})

/** Sends a request as the user whose token is his name; without one as nobody. */
function as(user: string | undefined) {
  return async (method: string, path: string, body?: JsonObject) => {
    const answer = await requestAs(server, undefined, path, {
      method,
      ...(body && { body }),
      headers: user === undefined ? [] : [['authorization', `Bearer ${user}`]],
    })
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    const json = isJson ? (answer.json as unknown as JsonObject) : {}
    return { status: answer.status, json, message: String(json['message'] ?? '') }
  }
}

const role = (name: string, rules: JsonObject[], more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  rules,
  ...more,
})
const binding = (name: string, kind: string, roleName: string, user: string): JsonObject => ({
  metadata: { name },
  roleRef: { apiGroup: group, kind, name: roleName },
  subjects: [{ kind: 'User', apiGroup: group, name: user }],
})
const rule = (verbs: string[], resources: string[], apiGroups = ['']): JsonObject => ({ verbs, apiGroups, resources })
const namespaced = (resource: string, name = '') => `${rbac}/namespaces/default/${resource}${name && `/${name}`}`

test('refusals say what is missing', async () => {
  const answer = await as('jane')('GET', '/api/v1/namespaces/default/pods/x')
  expect(answer.json).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'pods "x" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
    reason: 'Forbidden',
    details: { name: 'x', kind: 'pods' },
    code: 403,
  })
  expect(await as('jane')('GET', '/apis/apps/v1/deployments')).toMatchObject({
    status: 403,
    message:
      'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" at the cluster scope',
  })
  expect(await as('jane')('GET', '/metrics')).toMatchObject({
    status: 403,
    message: 'forbidden: User "jane" cannot get path "/metrics"',
  })
  // What does not exist is refused all the same.
  expect((await as('jane')('GET', '/apis/no.such.group/v1/things')).status).toBe(403)
  expect((await as('root')('GET', '/apis/no.such.group/v1/things')).status).toBe(404)
})

test('everybody may look around, strangers see health and version', async () => {
  for (const path of ['/api', '/apis', '/apis/apps/v1', '/openapi/v3', '/version']) {
    expect([path, (await as('jane')('GET', path)).status]).toEqual([path, 200])
  }
  for (const path of ['/healthz', '/livez', '/readyz', '/version']) {
    expect([path, (await as(undefined)('GET', path)).status]).toEqual([path, 200])
  }
  expect(await as(undefined)('GET', '/api')).toMatchObject({
    status: 403,
    message: 'forbidden: User "system:anonymous" cannot get path "/api"',
  })
  expect((await as('wrong')('GET', '/version')).status).toBe(401)
})

test('a binding is in force at once, and ends at once', async () => {
  const root = as('root')
  for (let round = 0; round < 10; round++) {
    await root('POST', namespaced('rolebindings'), binding('ed-views', 'ClusterRole', 'view', 'ed'))
    expect((await as('ed')('GET', '/api/v1/namespaces/default/pods')).status).toBe(200)
    await root('DELETE', namespaced('rolebindings', 'ed-views'))
    expect((await as('ed')('GET', '/api/v1/namespaces/default/pods')).status).toBe(403)
  }
})

test('a changed role is in force at once', async () => {
  const root = as('root')
  const clusterRoles = `${rbac}/clusterroles`
  await root('POST', clusterRoles, role('counts', [rule(['list'], ['nodes'])]))
  await root('POST', `${rbac}/clusterrolebindings`, binding('counts', 'ClusterRole', 'counts', 'ed'))
  expect((await as('ed')('GET', '/api/v1/nodes')).status).toBe(200)
  await root('PUT', `${clusterRoles}/counts`, role('counts', [rule(['list'], ['services'])]))
  expect((await as('ed')('GET', '/api/v1/nodes')).status).toBe(403)
  await root('DELETE', `${clusterRoles}/counts`)
  expect(await as('ed')('GET', '/api/v1/services')).toMatchObject({
    status: 403,
    message:
      'services is forbidden: User "ed" cannot list resource "services" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "counts" not found',
  })
  await root('DELETE', `${rbac}/clusterrolebindings/counts`)
})

test('roles that collect others have their rules, without controllers too', async () => {
  const root = as('root')
  await root('POST', namespaced('rolebindings'), binding('gus-views', 'ClusterRole', 'view', 'gus'))
  expect((await as('gus')('GET', '/api/v1/namespaces/default/pods')).status).toBe(200)
  const collected = async (name: string) => (await root('GET', `${rbac}/clusterroles/${name}`)).json['rules']
  for (const name of ['admin', 'edit', 'view']) expect(await collected(name)).not.toEqual([])
  expect(await collected('admin')).toEqual(expect.arrayContaining((await collected('view')) as JsonObject[]))
})

describe('nobody grants more than he holds', () => {
  beforeAll(async () => {
    const root = as('root')
    const all = ['create', 'update', 'patch', 'get', 'delete']
    const policy = rule(all, ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'], [group])
    await root('POST', `${rbac}/clusterroles`, role('policy', [policy, rule(['get', 'list'], ['pods'])]))
    await root('POST', `${rbac}/clusterrolebindings`, {
      ...binding('policy', 'ClusterRole', 'policy', 'dave'),
      subjects: ['dave', 'bea', 'ann'].map((name) => ({ kind: 'User', apiGroup: group, name })),
    })
    await root('POST', `${rbac}/clusterroles`, role('escalate', [rule(['escalate'], ['roles'], [group])]))
    await root('POST', `${rbac}/clusterrolebindings`, binding('escalate', 'ClusterRole', 'escalate', 'ann'))
    const bind = { ...rule(['bind'], ['clusterroles'], [group]), resourceNames: ['edit'] }
    await root('POST', `${rbac}/clusterroles`, role('bind', [bind]))
    await root('POST', `${rbac}/clusterrolebindings`, binding('bind', 'ClusterRole', 'bind', 'bea'))
  })

  const attempt =
    'user "dave" (groups=["dev" "ops" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n'

  test('roles', async () => {
    const dave = as('dave')
    expect((await dave('POST', namespaced('roles'), role('held', [rule(['get'], ['pods'])]))).status).toBe(201)
    const more = role('more', [rule(['get', 'list'], ['pods', 'secrets']), rule(['get'], ['deployments'], ['apps'])])
    const missing =
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}\n{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}'
    expect(await dave('POST', namespaced('roles'), more)).toMatchObject({
      status: 403,
      message: `roles.rbac.authorization.k8s.io "more" is forbidden: ${attempt}${missing}`,
      json: { reason: 'Forbidden', details: { name: 'more', group, kind: 'roles' } },
    })
    expect((await dave('POST', `${rbac}/clusterroles`, more)).message).toContain(
      'clusterroles.rbac.authorization.k8s.io',
    )
    // PUT to a name that is free creates, and is checked too.
    const put = await dave('PUT', namespaced('roles', 'more'), more)
    expect(put.message).toContain('is attempting to grant')
    const grown = role('held', [rule(['get', 'watch'], ['pods'])])
    expect((await dave('PUT', namespaced('roles', 'held'), grown)).message).toContain('Verbs:["watch"]')
    expect((await as('ann')('PUT', namespaced('roles', 'held'), grown)).status).toBe(200)
    // Before validation.
    expect(
      (await dave('POST', namespaced('roles'), role('x', [{ verbs: ['*'], nonResourceURLs: ['/x'] }]))).status,
    ).toBe(403)
    expect(
      (await as('root')('POST', namespaced('roles'), role('x', [{ verbs: ['*'], nonResourceURLs: ['/x'] }]))).status,
    ).toBe(422)
  })

  test('roles that collect others', async () => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] }
    expect(await as('dave')('POST', `${rbac}/clusterroles`, role('all', [], { aggregationRule }))).toMatchObject({
      status: 403,
      message:
        'clusterroles.rbac.authorization.k8s.io "all" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    })
  })

  test('bindings', async () => {
    const dave = as('dave')
    expect(
      (await dave('POST', namespaced('rolebindings'), binding('own', 'ClusterRole', 'policy', 'jane'))).status,
    ).toBe(201)
    const admin = await dave(
      'POST',
      `${rbac}/clusterrolebindings`,
      binding('admin', 'ClusterRole', 'cluster-admin', 'dave'),
    )
    expect(admin).toMatchObject({
      status: 403,
      message: `clusterrolebindings.rbac.authorization.k8s.io "admin" is forbidden: ${attempt}{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}`,
    })
    expect(await dave('POST', namespaced('rolebindings'), binding('none', 'Role', 'missing', 'dave'))).toMatchObject({
      status: 404,
      message: 'roles.rbac.authorization.k8s.io "missing" not found',
    })
    const edit = binding('edits', 'ClusterRole', 'edit', 'jane')
    expect((await dave('POST', namespaced('rolebindings'), edit)).status).toBe(403)
    expect((await as('bea')('POST', namespaced('rolebindings'), edit)).status).toBe(201)
    const others = { ...edit, subjects: [{ kind: 'User', apiGroup: group, name: 'dave' }] }
    expect((await dave('PUT', namespaced('rolebindings', 'edits'), others)).status).toBe(403)
    // Taking part in garbage collection grants nothing.
    const stored = (await dave('GET', namespaced('rolebindings', 'edits'))).json as { metadata: JsonObject }
    const marked = { ...stored, metadata: { ...stored.metadata, finalizers: ['example.com/x'] } }
    expect((await dave('PUT', namespaced('rolebindings', 'edits'), marked)).status).toBe(200)
    const freed = await dave('GET', namespaced('rolebindings', 'edits'))
    const metadata = { ...(freed.json as { metadata: JsonObject }).metadata, finalizers: [] }
    expect(
      (await dave('PUT', namespaced('rolebindings', 'edits'), { ...(freed.json as JsonObject), metadata })).status,
    ).toBe(200)
  })

  test('what a binding refers to stays', async () => {
    const root = as('root')
    await root('POST', namespaced('rolebindings'), binding('fixed', 'ClusterRole', 'view', 'jane'))
    expect(
      await root('PUT', namespaced('rolebindings', 'fixed'), binding('fixed', 'ClusterRole', 'edit', 'jane')),
    ).toMatchObject({
      status: 422,
      message:
        'RoleBinding.rbac.authorization.k8s.io "fixed" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef',
    })
  })
})

describe('reviews', () => {
  const authorization = '/apis/authorization.k8s.io/v1'
  const podsInDefault = { namespace: 'default', verb: 'get', resource: 'pods' }

  test('tell what others may do, and why', async () => {
    const review = async (user: string, groups: string[], attributes: JsonObject) =>
      (
        await as('root')('POST', `${authorization}/subjectaccessreviews`, {
          spec: { user, groups, resourceAttributes: attributes },
        })
      ).json['status']
    expect(await review('dave', [], podsInDefault)).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by ClusterRoleBinding "policy" of ClusterRole "policy" to User "dave"',
    })
    expect(await review('nobody', [], podsInDefault)).toEqual({ allowed: false })
    expect(await review('x', ['system:masters'], podsInDefault)).toEqual({ allowed: true })
    expect(
      await review('system:node:n1', ['system:nodes'], { ...podsInDefault, resource: 'secrets', name: 's' }),
    ).toEqual({
      allowed: false,
      reason: "no relationship found between node 'n1' and this object",
    })
  })

  test('of oneself are open to everybody', async () => {
    const own = await as('jane')('POST', `${authorization}/selfsubjectaccessreviews`, {
      spec: { resourceAttributes: { ...podsInDefault, namespace: 'kube-system' } },
    })
    expect([own.status, own.json['status']]).toEqual([201, { allowed: false }])
    expect((await as('jane')('POST', `${authorization}/subjectaccessreviews`, { spec: { user: 'root' } })).status).toBe(
      403,
    )
  })

  test('list rules', async () => {
    const answer = await as('ann')('POST', `${authorization}/selfsubjectrulesreviews`, {
      spec: { namespace: 'default' },
    })
    expect(answer.status).toBe(201)
    const status = answer.json['status'] as {
      resourceRules: JsonObject[]
      nonResourceRules: JsonObject[]
      incomplete: boolean
    }
    expect(status.incomplete).toBe(false)
    expect(status.resourceRules).toContainEqual({ verbs: ['escalate'], apiGroups: [group], resources: ['roles'] })
    expect(status.nonResourceRules).toContainEqual({
      verbs: ['get'],
      nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'],
    })
  })
})

test('readiness waits for the bootstrap roles', async () => {
  expect((await as('root')('GET', '/readyz/poststarthook/rbac/bootstrap-roles')).status).toBe(200)
})
