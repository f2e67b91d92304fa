import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { type ConnectedClient, connectToCluster } from '@fairlead/client/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'
import { temporaryFolder } from '../tests/support/temporary-folder.ts'
import { type KubeApiServer, startKubeApiServer } from './kubernetes/start-kube-apiserver.ts'
import { prepared } from './run-checks.ts'

const built = prepared['kube-apiserver']
const labels = { app: 'x' }
const selector = { matchLabels: labels }
const probe = { httpGet: { port: 80 } }
const container = {
  name: 'a',
  image: 'registry.example.com/a',
  ports: [{ containerPort: 80 }],
  env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  resources: { limits: { cpu: '1500u', memory: '1Gi' } },
  livenessProbe: probe,
  readinessProbe: { grpc: { port: 1 } },
  lifecycle: { preStop: probe },
}
const volumes = [
  { name: 'none' },
  { name: 'secret', secret: { secretName: 's' } },
  { name: 'config', configMap: { name: 'c' } },
  { name: 'host', hostPath: { path: '/a' } },
  { name: 'image', image: { reference: 'a:1' } },
  { name: 'down', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } },
  { name: 'all', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
  { name: 'own', ephemeral: { volumeClaimTemplate: { spec: claim() } } },
]
const spec = { containers: [container], initContainers: [{ name: 'i', image: 'i:latest' }], volumes }
/** What kube-apiserver's admission decides of a pod. */
const settled = {
  automountServiceAccountToken: false,
  serviceAccountName: 'default',
  serviceAccount: 'default',
  priority: 0,
  preemptionPolicy: 'PreemptLowerPriority',
  tolerations: ['not-ready', 'unreachable'].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })),
}
const template = { metadata: { labels }, spec }
const ending = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } }
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }
const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }]
const hook = {
  name: 'a.example.com',
  clientConfig: { service: { namespace: 'n', name: 's' } },
  rules,
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
}

function claim(): JsonObject {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
}

/** Every resource with defaults that are computed, as short as it may be. */
const bodies: readonly (readonly [apiVersion: string, resource: string, kind: string, body: JsonObject])[] = [
  ['apps/v1', 'deployments', 'Deployment', { spec: { selector, template } }],
  ['apps/v1', 'deployments', 'Deployment', { spec: { selector, template, strategy: { type: 'Recreate' } } }],
  ['apps/v1', 'daemonsets', 'DaemonSet', { spec: { selector, template } }],
  ['apps/v1', 'replicasets', 'ReplicaSet', { spec: { selector, template } }],
  [
    'apps/v1',
    'statefulsets',
    'StatefulSet',
    { spec: { selector, template, volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: claim() }] } },
  ],
  ['v1', 'replicationcontrollers', 'ReplicationController', { spec: { template } }],
  ['v1', 'podtemplates', 'PodTemplate', { template }],
  ['batch/v1', 'jobs', 'Job', { spec: { template: ending } }],
  [
    'batch/v1',
    'jobs',
    'Job',
    { spec: { template: ending, completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 } },
  ],
  ['batch/v1', 'cronjobs', 'CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template: ending } } } }],
  [
    'autoscaling/v1',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    { spec: { scaleTargetRef, maxReplicas: 2 } },
  ],
  [
    'autoscaling/v2',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    { spec: { scaleTargetRef, maxReplicas: 2, behavior: { scaleUp: { stabilizationWindowSeconds: 1 } } } },
  ],
  ['v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', { spec: claim() }],
  [
    'v1',
    'persistentvolumes',
    'PersistentVolume',
    { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } } },
  ],
  ['storage.k8s.io/v1', 'storageclasses', 'StorageClass', { provisioner: 'example.com/p' }],
  ['storage.k8s.io/v1', 'csidrivers', 'CSIDriver', { spec: {} }],
  // A taint that kube-apiserver's admission adds.
  [
    'v1',
    'nodes',
    'Node',
    {
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
      status: { capacity: { cpu: '2' } },
    },
  ],
  ['v1', 'pods', 'Pod', { spec: { ...spec, ...settled } }],
  ['v1', 'pods', 'Pod', { spec: { ...spec, ...settled, hostNetwork: true, resources: { limits: { cpu: '2' } } } }],
  [
    'v1',
    'limitranges',
    'LimitRange',
    { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' } }] } },
  ],
  ['v1', 'secrets', 'Secret', { stringData: { a: 'b' } }],
  ['v1', 'endpoints', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] }],
  [
    'discovery.k8s.io/v1',
    'endpointslices',
    'EndpointSlice',
    { addressType: 'IPv4', endpoints: [], ports: [{ port: 80 }] },
  ],
  [
    'networking.k8s.io/v1',
    'networkpolicies',
    'NetworkPolicy',
    { spec: { podSelector: {}, egress: [{ ports: [{ port: 1 }] }] } },
  ],
  [
    'networking.k8s.io/v1',
    'ingressclasses',
    'IngressClass',
    { spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n' } } },
  ],
  ['scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { value: 1 }],
  [
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    { webhooks: [hook] },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    { webhooks: [hook] },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
    { spec: { matchConstraints: { resourceRules: rules }, validations: [{ expression: 'true' }] } },
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1',
    'flowschemas',
    'FlowSchema',
    { spec: { priorityLevelConfiguration: { name: 'global-default' } } },
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1',
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } } },
  ],
  [
    'resource.k8s.io/v1',
    'resourceclaims',
    'ResourceClaim',
    { spec: { devices: { requests: [{ name: 'a', exactly: { deviceClassName: 'c' } }] } } },
  ],
]

describe.skipIf(built === undefined)('what a server makes of a short object', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let upstream: KubeApiServer
  let controlPlane: TestControlPlane
  let theirs: ConnectedClient
  let ours: ConnectedClient

  beforeAll(async () => {
    folder = await temporaryFolder()
    upstream = await startKubeApiServer(built ?? [], folder.path)
    controlPlane = await startTestControlPlane()
    theirs = await connectToCluster({ path: await upstream.kubeconfig('admin') })
    ours = await connectToCluster({ path: controlPlane.kubeconfig })
    const accounts = theirs.client.resource('v1', 'serviceaccounts').namespace('default')
    await accounts.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } })
  }, 120_000)
  afterAll(async () => {
    theirs.close()
    ours.close()
    await controlPlane.stop()
    await upstream.stop()
    await folder.remove()
  })

  const clusterScoped =
    /^(persistentvolumes|storageclasses|csidrivers|nodes|ingressclasses|priority|.*webhook|validatingadm|flow)/
  const create = async ({ client }: ConnectedClient, [apiVersion, resource, kind, body]: (typeof bodies)[number]) => {
    const all = client.resource(apiVersion, resource)
    const scoped = clusterScoped.test(resource) ? all : all.namespace('default')
    const name = resource === 'csidrivers' ? 'x.example.com' : 'defaults-x'
    return comparable(await scoped.create({ apiVersion, kind, metadata: { name }, ...body }, { dryRun: true }))
  }

  test.each(
    bodies.map((entry) => [`${entry[0]} ${entry[2]} ${JSON.stringify(entry[3]).slice(0, 60)}`, entry] as const),
  )('%s: as kube-apiserver', async (_name, entry) => {
    expect(await create(ours, entry)).toEqual(await create(theirs, entry))
  })
})

/** Without what is another's each time: identity, times and who wrote which field. */
function comparable({ metadata, ...rest }: KubeObject): JsonObject {
  const { labels: own = {} } = metadata
  const text = JSON.stringify({ ...rest, labels: own })
  const timeless = text.replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"TIME"')
  return JSON.parse(timeless.replaceAll(metadata.uid ?? 'no uid', 'UID')) as JsonObject
}
