import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

describeKubectl('create', (suite) => {
  const { newest } = suite

  const generated: readonly { readonly line: string; readonly says: string; readonly holds: object }[] = [
    { line: 'configmap c --from-literal=a=1', says: 'configmap/c', holds: { data: { a: '1' } } },
    { line: 'secret generic s --from-literal=a=1', says: 'secret/s', holds: { data: { a: 'MQ==' } } },
    {
      line: 'secret docker-registry d --docker-username=u --docker-password=p',
      says: 'secret/d',
      holds: { type: 'kubernetes.io/dockerconfigjson' },
    },
    {
      line: 'deployment web --image=nginx --replicas=3 --port=80',
      says: 'deployment.apps/web',
      holds: {
        metadata: { generation: 1 },
        spec: { replicas: 3, template: { spec: { containers: [{ ports: [{ containerPort: 80 }] }] } } },
      },
    },
    {
      line: 'job j --image=busybox -- date',
      says: 'job.batch/j',
      holds: { spec: { template: { spec: { containers: [{ command: ['date'] }], restartPolicy: 'Never' } } } },
    },
    {
      line: 'cronjob cj --image=busybox --schedule=@daily -- date',
      says: 'cronjob.batch/cj',
      holds: { spec: { schedule: '@daily' } },
    },
    {
      line: 'job from-cronjob --from=cronjob/cj',
      says: 'job.batch/from-cronjob',
      holds: { metadata: { ownerReferences: [{ kind: 'CronJob', name: 'cj' }] } },
    },
    { line: 'service clusterip sc --tcp=80:8080', says: 'service/sc', holds: { spec: { ports: [{ port: 80 }] } } },
    { line: 'service nodeport sn --tcp=80', says: 'service/sn', holds: { spec: { type: 'NodePort' } } },
    { line: 'service loadbalancer sl --tcp=80', says: 'service/sl', holds: { spec: { type: 'LoadBalancer' } } },
    {
      line: 'service externalname se --external-name=example.com',
      says: 'service/se',
      holds: { spec: { type: 'ExternalName', externalName: 'example.com' } },
    },
    { line: 'serviceaccount sa', says: 'serviceaccount/sa', holds: { kind: 'ServiceAccount' } },
    {
      line: 'role r --verb=get,list --resource=pods,deployments.apps',
      says: 'role.rbac.authorization.k8s.io/r',
      holds: {
        rules: [
          { apiGroups: [''], resources: ['pods'] },
          { apiGroups: ['apps'], resources: ['deployments'] },
        ],
      },
    },
    {
      line: 'rolebinding rb --role=r --serviceaccount=default:sa',
      says: 'rolebinding.rbac.authorization.k8s.io/rb',
      holds: { subjects: [{ kind: 'ServiceAccount', name: 'sa', namespace: 'default' }] },
    },
    {
      line: 'clusterrole cr --verb=get --non-resource-url=/metrics',
      says: 'clusterrole.rbac.authorization.k8s.io/cr',
      holds: { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] },
    },
    {
      line: 'clusterrolebinding crb --clusterrole=cr --user=u',
      says: 'clusterrolebinding.rbac.authorization.k8s.io/crb',
      holds: { roleRef: { kind: 'ClusterRole', name: 'cr' } },
    },
    {
      line: 'quota q --hard=cpu=1,pods=2',
      says: 'resourcequota/q',
      holds: { spec: { hard: { cpu: '1', pods: '2' } } },
    },
    {
      line: 'priorityclass high --value=1000',
      says: 'priorityclass.scheduling.k8s.io/high',
      holds: { value: 1000 },
    },
    {
      line: 'pdb p --selector=app=web --min-available=50%',
      says: 'poddisruptionbudget.policy/p',
      holds: { spec: { minAvailable: '50%' } },
    },
    {
      line: 'ingress i --rule=example.com/path*=svc:80',
      says: 'ingress.networking.k8s.io/i',
      holds: { spec: { rules: [{ host: 'example.com', http: { paths: [{ pathType: 'Prefix' }] } }] } },
    },
    { line: 'namespace other', says: 'namespace/other', holds: { status: { phase: 'Active' } } },
  ]

  test('makes objects of many kinds', async () => {
    const kube = await suite.inNamespace('generators')
    for (const { line, says, holds } of generated) {
      expect(await kube('create', ...line.split(' '))).toBe(`${says} created\n`)
      expect(await kube.json(says)).toMatchObject(holds)
    }
  })

  test('makes a TLS secret of a certificate and its key', async () => {
    const kube = await suite.inNamespace('tls')
    // A certificate and its key that go together: those that the server itself serves with.
    const certificate = join(suite.controlPlane.folder, 'pki', 'apiserver.crt')
    const key = join(suite.controlPlane.folder, 'pki', 'apiserver.key')
    const args = ['create', 'secret', 'tls', 't', `--cert=${certificate}`, `--key=${key}`]
    expect(await kube(...args)).toBe('secret/t created\n')
    expect(await kube.json('secret/t')).toMatchObject({
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': expect.any(String), 'tls.key': expect.any(String) },
    })
  })

  test('-f takes several documents, lists and folders', async () => {
    const kube = await suite.inNamespace('documents')
    const documents = `
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
---
# a document of comments only
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}
- {apiVersion: v1, kind: Secret, metadata: {name: three}, stringData: {a: b}}
---
${webDeployment}`
    expect(await kube.withInput(documents, 'create', '-f', '-')).toBe(
      'configmap/one created\nconfigmap/two created\nsecret/three created\ndeployment.apps/web created\n',
    )
    const again = await kube.run(['create', '-f', '-'], { input: documents })
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('configmaps "one" already exists')
    expect(again.stderr).toContain('deployments.apps "web" already exists')
  })

  test('--dry-run=server answers as if it had been stored', async () => {
    const kube = await suite.inNamespace('dry-run')
    const made = await kube.run(['create', '-f', '-', '--dry-run=server', '-o', 'json'], { input: webDeployment })
    const { metadata } = JSON.parse(made.stdout)
    expect(metadata).toMatchObject({ name: 'web', namespace: 'dry-run', uid: expect.any(String), generation: 1 })
    expect(metadata.resourceVersion).toBeUndefined()
    expect(await kube('run', 'p', '--image=nginx', '--dry-run=server')).toBe('pod/p created (server dry run)\n')
    expect(await kube('get', 'deployments,pods')).toBe('')
  })

  test('refuses what the schema does not know', async () => {
    const kube = await suite.inNamespace('strict')
    const input = webDeployment.replace('replicas: 2', 'replicaz: 2')
    const refused = await kube.run(['create', '-f', '-'], { input })
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain(
      newest
        ? 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicaz"'
        : 'unknown field "replicaz" in io.k8s.api.apps.v1.DeploymentSpec',
    )
    const wrongType = webDeployment.replace('replicas: 2', 'replicas: two')
    expect((await kube.run(['create', '-f', '-'], { input: wrongType })).stderr).toMatch(
      newest
        ? /cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32/
        : /got "string", expected "integer"/,
    )
    expect(await kube.withInput(input, 'create', '-f', '-', '--validate=false')).toBe('deployment.apps/web created\n')
    expect((await kube.json('deployment/web')).spec).not.toHaveProperty('replicaz')
  })

  test('reports fields that occur twice', async () => {
    const kube = await suite.inNamespace('duplicates')
    const input = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1"},"data":{"b":"2"}}'
    const path = '/api/v1/namespaces/duplicates/configmaps'
    const refused = await kube.run(['create', '--raw', `${path}?fieldValidation=Strict`, '-f', '-'], { input })
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('duplicate field "data"') })
    const warned = await kube.run(['create', '--raw', `${path}?fieldValidation=Warn`, '-f', '-'], { input })
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Warning: duplicate field "data"\n/i) })
  })

  test.runIf(newest)('--validate=warn creates and warns', async () => {
    const kube = await suite.inNamespace('warned')
    const input = webDeployment.replace('replicas: 2', 'replicaz: 2')
    expect(await kube.run(['create', '-f', '-', '--validate=warn'], { input })).toEqual({
      code: 0,
      stdout: 'deployment.apps/web created\n',
      stderr: 'Warning: unknown field "spec.replicaz"\n',
    })
  })

  test('refuses bad names and unknown namespaces', async () => {
    const kube = await suite.inNamespace('names')
    expect((await kube.run(['create', 'configmap', 'Bad_Name'])).stderr).toContain(
      'ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must',
    )
    expect((await suite.kubectl.run(['-n', 'nowhere', 'create', 'configmap', 'c'])).stderr).toContain(
      'namespaces "nowhere" not found',
    )
  })
})
