import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'

const lines = (text: string) => text.trim().split('\n')

describeKubectl('discovery', (suite) => {
  const { newest } = suite

  test('api-resources lists names, short names, scope, kinds, verbs and categories', async () => {
    const rows = lines(await suite.kubectl('api-resources', '-o', 'wide', '--no-headers'))
    const row = (pattern: RegExp) => rows.find((line) => pattern.test(line))?.split(/\s{2,}/)
    const all = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
    const verbs = newest ? all.join(',') : `[${all.join(' ')}]`
    const deployments = ['deployments', 'deploy', 'apps/v1', 'true', 'Deployment', verbs]
    expect(row(/^deployments/)).toEqual(newest ? [...deployments, 'all'] : deployments)
    expect(row(/^nodes/)?.slice(0, 5)).toEqual(['nodes', 'no', 'v1', 'false', 'Node'])
    expect(row(/^namespaces/)?.[5]).not.toContain('deletecollection')
    const tokenReviews = ['tokenreviews', 'authentication.k8s.io/v1', 'false', 'TokenReview']
    expect(row(/^tokenreviews/)?.slice(0, 5)).toEqual([...tokenReviews, newest ? 'create' : '[create]'])
  })

  test('api-resources filters by scope, verb and group', async () => {
    const names = async (...args: string[]) => lines(await suite.kubectl('api-resources', '-o', 'name', ...args))
    const clusterScoped = await names('--namespaced=false')
    expect(clusterScoped).toEqual(expect.arrayContaining(['nodes', 'clusterroles.rbac.authorization.k8s.io']))
    expect(clusterScoped).not.toContain('pods')
    const createOnly = await names('--verbs=create')
    const readable = await names('--verbs=list,get')
    expect(createOnly.filter((name) => !readable.includes(name)).sort()).toEqual([
      'bindings',
      'localsubjectaccessreviews.authorization.k8s.io',
      'selfsubjectaccessreviews.authorization.k8s.io',
      'selfsubjectreviews.authentication.k8s.io',
      'selfsubjectrulesreviews.authorization.k8s.io',
      'subjectaccessreviews.authorization.k8s.io',
      'tokenreviews.authentication.k8s.io',
    ])
    expect(await names('--api-group=apps')).toEqual([
      'controllerrevisions.apps',
      'daemonsets.apps',
      'deployments.apps',
      'replicasets.apps',
      'statefulsets.apps',
    ])
  })

  test('api-versions lists every served group and version', async () => {
    const versions = lines(await suite.kubectl('api-versions'))
    expect(versions).toEqual(
      expect.arrayContaining(['v1', 'apps/v1', 'autoscaling/v1', 'autoscaling/v2', 'rbac.authorization.k8s.io/v1']),
    )
    expect(versions).toEqual([...versions].sort())
  })

  test('explain walks a schema, down to one field', async () => {
    const tree = await suite.kubectl('explain', 'deployment.spec.template', '--recursive')
    expect(tree).toMatch(/containers\s+<\[\]/)
    expect(tree).toMatch(/livenessProbe/)
    const field = await suite.kubectl('explain', 'deployment.spec.template.spec.containers.ports')
    expect(field).toContain(newest ? 'FIELD: ports <[]ContainerPort>' : 'RESOURCE: ports <[]Object>')
    expect(field).toContain('containerPort')
    expect(await suite.kubectl('explain', 'hpa', '--api-version=autoscaling/v1')).toMatch(/HorizontalPodAutoscaler/)
    const missing = await suite.kubectl.run(['explain', 'deployment.spec.nothing'])
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('field "nothing" does not exist') })
  })

  test('version and cluster-info know the server', async () => {
    expect(await suite.kubectl('version')).toContain('v1.36')
    expect(await suite.kubectl('cluster-info')).toContain(String(suite.controlPlane.port))
    expect(await suite.kubectl('cluster-info', 'dump')).toContain('NodeList')
  })

  test('get --raw reads paths outside the resources', async () => {
    expect(JSON.parse(await suite.kubectl('get', '--raw', '/version'))).toMatchObject({ major: '1', minor: '36' })
    expect(await suite.kubectl('get', '--raw', '/readyz?verbose')).toMatch(/readyz check passed\n$/)
    expect(JSON.parse(await suite.kubectl('get', '--raw', '/api/v1/namespaces/default'))).toMatchObject({
      metadata: { name: 'default' },
    })
    expect(await suite.kubectl.run(['get', '--raw', '/nothing'])).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): the server could not find the requested resource\n',
    })
  })

  test('auth tells who is asking and what is allowed', async () => {
    if (newest) {
      expect(await suite.kubectl('auth', 'whoami')).toMatch(
        /Username\s+kubernetes-admin\nGroups\s+\[system:masters system:authenticated\]/,
      )
    }
    expect(await suite.kubectl('auth', 'can-i', 'create', 'pods/exec')).toBe('yes\n')
    expect(await suite.kubectl('auth', 'can-i', '--list')).toMatch(/\*\.\*\s+\[\]\s+\[\]\s+\[\*\]/)
  })

  test('the namespaces and the kubernetes Service are there', async () => {
    expect(lines(await suite.kubectl('get', 'namespaces', '-o', 'name')).sort()).toEqual([
      'namespace/default',
      'namespace/kube-node-lease',
      'namespace/kube-public',
      'namespace/kube-system',
    ])
    expect(await suite.kubectl('get', 'service', 'kubernetes', '-o', 'jsonpath={.spec.clusterIP}')).toBe('10.0.0.1')
    expect(await suite.kubectl('get', 'endpointslices', '-o', 'name')).toContain(
      'endpointslice.discovery.k8s.io/kubernetes',
    )
  })
})
