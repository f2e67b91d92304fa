import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpsClient, type HttpsClient } from '../support/https-client.ts'
import { kubectlFor, type Kubectl } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { createTestAuthority, createWardle, type ExtensionServer, startExtensionServer } from './support.ts'

let controlPlane: TestControlPlane
let kubectl: Kubectl
let client: HttpsClient
let server: ExtensionServer
const wardle = createWardle()

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  kubectl = await kubectlFor(controlPlane, 'newest')
  client = await httpsClient(controlPlane.kubeconfig)
  const authority = await createTestAuthority('self-signed')
  server = await startExtensionServer({
    certificate: await authority.issue({ commonName: 'localhost', usage: 'server', names: ['localhost'] }),
    handle: (request, answer) => wardle.handle(request, answer),
  })
})

afterAll(async () => {
  client.close()
  await controlPlane.stop()
  await server.close()
})

const registration = `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: v1alpha1.wardle.example.com
spec:
  insecureSkipTLSVerify: true
  group: wardle.example.com
  groupPriorityMinimum: 1000
  versionPriority: 15
  service:
    name: api
    namespace: wardle
  version: v1alpha1
`

const serviceWithEndpoints = (name: string, namespace: string, port: number) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {ports: [{port: 443, protocol: TCP, targetPort: 443}], selector: {app: ${name}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}-1, namespace: ${namespace}, labels: {kubernetes.io/service-name: ${name}}}
addressType: IPv4
endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
ports: [{name: "", port: ${port}, protocol: TCP}]
`

const flunders = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders'

test('APS-1 AVL-8 AVL-9: the second article, from registration to deletion', { timeout: 120_000 }, async () => {
  await kubectl('create', 'namespace', 'wardle')
  wardle.serving = false
  await kubectl.withInput(serviceWithEndpoints('api', 'wardle', server.port), 'apply', '-f', '-')
  await kubectl.withInput(registration, 'apply', '-f', '-')
  await kubectl(
    'wait',
    '--for=jsonpath={.status.conditions[0].reason}=FailedDiscoveryCheck',
    'apiservice',
    'v1alpha1.wardle.example.com',
  )
  const address = `127.0.0.1:${server.port}`
  const failing = await kubectl('get', 'apiservice', 'v1alpha1.wardle.example.com', '-o', 'yaml')
  expect(failing.replaceAll(/"?\d{4}-\d\d-\d\dT[\d:]+Z"?/g, 'TIME')).toContain(`status:
  conditions:
  - lastTransitionTime: TIME
    message: 'failing or missing response from https://${address}/apis/wardle.example.com/v1alpha1:
      bad status from https://${address}/apis/wardle.example.com/v1alpha1: 404'
    reason: FailedDiscoveryCheck
    status: "False"
    type: Available
`)
  const unavailable = await client.get(flunders)
  expect([unavailable.status, unavailable.text]).toEqual([503, 'service unavailable\n'])

  wardle.serving = true
  await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'apiservice', 'v1alpha1.wardle.example.com')
  const passed = await kubectl('get', 'APIService', 'v1alpha1.wardle.example.com', '-o', 'yaml')
  expect(
    passed
      .replaceAll(/"\d{4}-\d\d-\d\dT[\d:]+Z"/g, 'TIME')
      .replace(/uid: .*/, 'uid: UID')
      .replace(/resourceVersion: .*/, 'resourceVersion: RV'),
  ).toBe(`apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"annotations":{},"name":"v1alpha1.wardle.example.com"},"spec":{"group":"wardle.example.com","groupPriorityMinimum":1000,"insecureSkipTLSVerify":true,"service":{"name":"api","namespace":"wardle"},"version":"v1alpha1","versionPriority":15}}
  creationTimestamp: TIME
  name: v1alpha1.wardle.example.com
  resourceVersion: RV
  uid: UID
spec:
  group: wardle.example.com
  groupPriorityMinimum: 1000
  insecureSkipTLSVerify: true
  service:
    name: api
    namespace: wardle
    port: 443
  version: v1alpha1
  versionPriority: 15
status:
  conditions:
  - lastTransitionTime: TIME
    message: all checks passed
    reason: Passed
    status: "True"
    type: Available
`)
  expect(await kubectl('get', 'apiservice', 'v1alpha1.wardle.example.com', '--no-headers')).toMatch(
    /^v1alpha1\.wardle\.example\.com\s+wardle\/api\s+True\s+\d+s\n$/,
  )
  expect(await kubectl('api-versions')).toContain('wardle.example.com/v1alpha1\n')

  const empty = await kubectl.run(['get', 'flunder'])
  expect(empty.stderr).toBe('No resources found in default namespace.\n')
  const sample = 'apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: sample\n'
  const watch = await client.watch(`${flunders}?watch=true`)
  expect(await kubectl.withInput(sample, 'create', '--validate=false', '-f', '-')).toBe(
    'flunder.wardle.example.com/sample created\n',
  )
  const [added] = await watch.take(1)
  expect([added?.type, added?.object.metadata.name]).toEqual(['ADDED', 'sample'])
  watch.close()
  expect(await kubectl('get', 'flunder', 'sample', '-o', 'yaml')).toBe(`apiVersion: wardle.example.com/v1alpha1
kind: Flunder
metadata:
  creationTimestamp: "2022-05-19T09:38:22Z"
  name: sample
  namespace: default
  resourceVersion: "2"
  uid: 504b1583-54fc-4f0d-974f-9ae54b66a01b
spec: {}
status: {}
`)
  expect(await kubectl.withInput(sample, 'delete', '-f', '-')).toBe(
    'flunder.wardle.example.com "sample" deleted from default namespace\n',
  )
  expect((await kubectl.run(['get', 'flunder'])).stderr).toBe('No resources found in default namespace.\n')

  expect(await kubectl('delete', 'apiservice', 'v1alpha1.wardle.example.com')).toBe(
    'apiservice.apiregistration.k8s.io "v1alpha1.wardle.example.com" deleted\n',
  )
  const gone = await client.get(flunders)
  expect([gone.status, gone.text]).toEqual([404, '404 page not found\n'])
  expect(await kubectl('api-versions')).not.toContain('wardle')
})

test('the first article: its APIService is accepted and its group listed', async () => {
  const metrics = await startExtensionServer({
    certificate: await (await createTestAuthority('metrics')).issue({ commonName: 'localhost', usage: 'server' }),
    handle(request, answer) {
      answer.setHeader('content-type', 'application/json')
      const isGroup = request.url === '/apis/metrics.k8s.io/v1beta1'
      answer.statusCode = isGroup ? 200 : 404
      const resource = {
        name: 'nodes',
        singularName: '',
        namespaced: false,
        kind: 'NodeMetrics',
        verbs: ['get', 'list'],
      }
      const list = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'metrics.k8s.io/v1beta1' }
      answer.end(JSON.stringify(isGroup ? { ...list, resources: [resource] } : {}))
    },
  })
  const manifest = `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: v1beta1.metrics.k8s.io
  labels:
    kubernetes.io/cluster-service: "true"
    addonmanager.kubernetes.io/mode: Reconcile
spec:
  service:
    name: metrics-server
    namespace: kube-system
  group: metrics.k8s.io
  version: v1beta1
  insecureSkipTLSVerify: true
  groupPriorityMinimum: 100
  versionPriority: 100
`
  expect(await kubectl.withInput(manifest, 'apply', '-f', '-')).toBe(
    'apiservice.apiregistration.k8s.io/v1beta1.metrics.k8s.io created\n',
  )
  const name = 'v1beta1.metrics.k8s.io'
  await kubectl('wait', '--for=jsonpath={.status.conditions[0].reason}=ServiceNotFound', 'apiservice', name)
  expect(await kubectl('get', 'apiservice', name, '--no-headers')).toMatch(
    /kube-system\/metrics-server\s+False \(ServiceNotFound\)/,
  )
  expect((await client.get('/apis/metrics.k8s.io/v1beta1/nodes')).text).toBe('service unavailable\n')
  await kubectl.withInput(serviceWithEndpoints('metrics-server', 'kube-system', metrics.port), 'apply', '-f', '-')
  await kubectl('wait', '--for=condition=Available', 'apiservice', name)
  expect(await kubectl('api-versions')).toContain('metrics.k8s.io/v1beta1\n')
  expect(await kubectl('api-resources', '--api-group=metrics.k8s.io', '-o', 'name')).toBe('nodes.metrics.k8s.io\n')
  await metrics.close()
})

test('ARC-4: the hooks of the aggregation layer are health checks', async () => {
  const { text } = await client.get('/readyz?verbose')
  expect(text).toContain(
    '[+]poststarthook/apiservice-registration-controller ok\n[+]poststarthook/apiservice-discovery',
  )
  expect(text).toContain('[+]autoregister-completion ok\n')
})

test('REG-1 REG-7 ORD-1: every local group-version has an APIService, in the order of its priority', async () => {
  const list = await client.get('/apis/apiregistration.k8s.io/v1/apiservices')
  const apps = list.json.items.find(({ metadata }) => metadata.name === 'v1.apps')
  expect(apps?.metadata.labels).toEqual({ 'kube-aggregator.kubernetes.io/automanaged': 'onstart' })
  expect(apps?.spec).toEqual({ group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 })
  const groups = JSON.parse((await client.get('/apis')).text) as { groups: { name: string }[] }
  expect(groups.groups.map(({ name }) => name).slice(0, 4)).toEqual([
    'apiregistration.k8s.io',
    'apps',
    'events.k8s.io',
    'authentication.k8s.io',
  ])
})
