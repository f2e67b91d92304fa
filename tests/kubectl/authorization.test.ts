import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'

describeKubectl('authorization', (suite) => {
  test('create role, rolebinding, clusterrole and clusterrolebinding grant what they say', async () => {
    const kube = await suite.inNamespace('grants')
    expect(await kube('create', 'role', 'reader', '--verb=get,list', '--resource=pods,deployments.apps')).toMatch(
      /created/,
    )
    await kube('create', 'rolebinding', 'reads', '--role=reader', '--user=jane', '--serviceaccount=grants:robot')
    await suite.kubectl('create', 'clusterrole', 'grants-logs', '--verb=get', '--non-resource-url=/logs/*')
    await suite.kubectl(
      'create',
      'clusterrole',
      'grants-one',
      '--verb=get',
      '--resource=secrets',
      '--resource-name=one',
    )
    await suite.kubectl('create', 'clusterrolebinding', 'grants-logs', '--clusterrole=grants-logs', '--group=dev')
    await kube('create', 'rolebinding', 'one', '--clusterrole=grants-one', '--user=jane')
    const can = async (...args: string[]) =>
      (await kube.run(['auth', 'can-i', ...args])).stdout.trim().split('\n').at(-1)
    expect(await can('list', 'pods', '--as=jane')).toBe('yes')
    expect(await can('list', 'deployments.apps', '--as=system:serviceaccount:grants:robot')).toBe('yes')
    expect(await can('create', 'pods', '--as=jane')).toBe('no')
    expect(await can('get', 'secrets/one', '--as=jane')).toBe('yes')
    expect(await can('get', 'secrets/two', '--as=jane')).toBe('no')
    expect(await can('get', '/logs/x', '--as=joe', '--as-group=dev')).toBe('yes')
    expect(await can('get', '/logs/x', '--as=joe')).toBe('no')
    expect(await kube('get', 'pods', '--as=jane')).toBe('')
    const refused = await kube.run(['get', 'services', '--as=jane'])
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'Error from server (Forbidden): services is forbidden: User "jane" cannot list resource "services" in API group "" in the namespace "grants"\n',
    ])
    await kube('delete', 'rolebinding', 'reads')
    expect((await kube.run(['get', 'pods', '--as=jane'])).code).toBe(1)
  })

  test('auth can-i --list shows the rules in force', async () => {
    const kube = await suite.inNamespace('listed')
    await kube('create', 'rolebinding', 'views', '--clusterrole=view', '--user=vic')
    const list = await kube('auth', 'can-i', '--list', '--as=vic')
    expect(list).toMatch(/^pods +\[\] +\[\] +\[get list watch\]$/m)
    expect(list).toMatch(/^selfsubjectaccessreviews\.authorization\.k8s\.io +\[\] +\[\] +\[create\]$/m)
    expect(list).toMatch(/^ +\[\/version\] +\[\] +\[get\]$/m)
    expect(list).not.toMatch(/^secrets/m)
    const admin = await kube('auth', 'can-i', '--list')
    expect(admin).toMatch(/^\*\.\* +\[\] +\[\] +\[\*\]$/m)
  })

  test('--as and --as-group act with the rights of somebody else', async () => {
    const master = await suite.kubectl.run([
      'auth',
      'can-i',
      'create',
      'pods',
      '--as=jane',
      '--as-group=system:masters',
    ])
    expect(master.stdout.trim()).toBe('yes')
    const jane = await suite.kubectl.run(['get', 'pods', '--as=jane'])
    expect(jane.stderr).toContain('User "jane" cannot list resource "pods" in API group "" in the namespace "default"')
  })

  test('auth reconcile brings roles and bindings in line, and adds to what is there', async () => {
    const kube = await suite.inNamespace('reconciled')
    const manifest = (verbs: string, user: string, role: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: reconciled}
rules: [{apiGroups: [''], resources: [pods], verbs: [${verbs}]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: reconciled}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${role === 'r' ? 'Role' : 'ClusterRole'}, name: ${role}}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: ${user}}]
`
    const reconcile = (text: string, ...args: string[]) => kube.withInput(text, 'auth', 'reconcile', '-f', '-', ...args)
    expect(await reconcile(manifest('get', 'ann', 'r'))).toMatch(/reconciled/)
    await reconcile(manifest('list', 'bob', 'r'))
    const rules = async () => await kube('get', 'role', 'r', '-o', 'jsonpath={.rules[*].verbs}')
    const subjects = async () => await kube('get', 'rolebinding', 'b', '-o', 'jsonpath={.subjects[*].name}')
    expect(await rules()).toBe('["get"] ["list"]')
    expect(await subjects()).toBe('ann bob')
    await reconcile(manifest('list', 'bob', 'r'), '--remove-extra-permissions', '--remove-extra-subjects')
    expect([await rules(), await subjects()]).toEqual(['["list"]', 'bob'])
    // Another role takes a new binding, which it makes.
    await reconcile(manifest('list', 'bob', 'view'))
    expect(await kube('get', 'rolebinding', 'b', '-o', 'jsonpath={.roleRef.name}')).toBe('view')
  })

  test('nobody grants more than he holds', async () => {
    const kube = await suite.inNamespace('escalating')
    await kube('create', 'rolebinding', 'admins', '--clusterrole=admin', '--user=ada')
    const refused = await kube.run(['create', 'role', 'nodes', '--verb=get', '--resource=nodes', '--as=ada'])
    expect(refused.stderr).toContain(
      'roles.rbac.authorization.k8s.io "nodes" is forbidden: user "ada" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}',
    )
    expect(await kube('create', 'role', 'pods', '--verb=get', '--resource=pods', '--as=ada')).toMatch(/created/)
    expect(await kube('create', 'rolebinding', 'pods', '--role=pods', '--user=joe', '--as=ada')).toMatch(/created/)
  })
})
