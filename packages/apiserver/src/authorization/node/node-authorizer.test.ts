import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import type { Follower } from '../../registry/generic/follow.ts'
import type { KeptObject } from '../../registry/generic/stored-object.ts'
import { nodeRules } from '../rbac/bootstrap/bootstrap-policy.ts'
import { attributesOf } from '../rbac/testing/policy.ts'
import { followNodeObjects } from './follow-node-objects.ts'
import { nodeAuthorizer, nodeRuleResolver } from './node-authorizer.ts'

/** A store whose objects the test sets and removes. */
function store(...objects: KubeObject[]) {
  const kept = (object: KubeObject) => {
    const { name = '', namespace = '' } = object.metadata
    return { name, namespace, object: () => object } as KeptObject
  }
  const followers: Follower[] = []
  return {
    follow(follower: Follower) {
      followers.push(follower)
      for (const object of objects) follower.set(kept(object))
      return { ready: Promise.resolve() }
    },
    set: (object: KubeObject) => followers.forEach((follower) => follower.set(kept(object))),
    remove: (object: KubeObject) => followers.forEach((follower) => follower.remove(kept(object))),
  }
}

const object = (kind: string, path: string, spec: JsonObject, more: JsonObject = {}): KubeObject => {
  const [name = '', namespace] = path.split('/').reverse()
  return { kind, apiVersion: 'v1', metadata: { name, ...(namespace !== undefined && { namespace }) }, spec, ...more }
}

const web = object(
  'Pod',
  'dev/web',
  {
    nodeName: 'n1',
    serviceAccountName: 'builder',
    imagePullSecrets: [{ name: 'pull' }],
    initContainers: [{ envFrom: [{ secretRef: { name: 'env-from' } }] }],
    containers: [
      { env: [{ valueFrom: { secretKeyRef: { name: 'env', key: 'k' } } }, { name: 'A', value: 'b' }] },
      { env: [{ valueFrom: { configMapKeyRef: { name: 'map-env', key: 'k' } } }] },
    ],
    volumes: [
      { name: 's', secret: { secretName: 'mounted' } },
      {
        name: 'p',
        projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'map-projected' } }] },
      },
      { name: 'c', configMap: { name: 'map-mounted' } },
      { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'scratch', ephemeral: {} },
      { name: 'csi', csi: { nodePublishSecretRef: { name: 'csi' } } },
    ],
    resourceClaims: [
      { name: 'own', resourceClaimName: 'gpu' },
      { name: 'made', resourceClaimTemplateName: 't' },
    ],
  },
  { status: { resourceClaimStatuses: [{ name: 'made', resourceClaimName: 'web-made-x' }] } },
)
const mirror = object('Pod', 'dev/mirror', { nodeName: 'n1', imagePullSecrets: [{ name: 'forbidden' }] })
mirror.metadata.annotations = { 'kubernetes.io/config.mirror': 'x' }
const pods = store(
  web,
  mirror,
  object('Pod', 'dev/waiting', { imagePullSecrets: [{ name: 'later' }] }),
  object('Pod', 'dev/other', { nodeName: 'n2', imagePullSecrets: [{ name: 'pull' }, { name: 'others' }] }),
)
const stores = {
  pods,
  persistentVolumes: store(
    object('PersistentVolume', 'disk', {
      claimRef: { namespace: 'dev', name: 'data' },
      csi: {
        nodeStageSecretRef: { namespace: 'storage', name: 'stage' },
        controllerPublishSecretRef: { namespace: 'storage', name: 'control' },
      },
    }),
    object('PersistentVolume', 'old', {
      claimRef: { namespace: 'dev', name: 'data' },
      rbd: { secretRef: { name: 'rbd' } },
    }),
    object('PersistentVolume', 'free', { rbd: { secretRef: { name: 'free', namespace: 'dev' } } }),
  ),
  volumeAttachments: store(object('VolumeAttachment', 'att1', { nodeName: 'n1' })),
  resourceSlices: store(
    object('ResourceSlice', 'slice1', { nodeName: 'n1' }),
    object('ResourceSlice', 'slice2', { nodeName: 'n2' }),
  ),
}
const authorize = nodeAuthorizer(
  followNodeObjects(() => stores),
  nodeRules(),
)
const n1 = 'system:node:n1(system:nodes)'
const unrelated = "no relationship found between node 'n1' and this object"
const yes = undefined

test.each<[request: string, namespace: string, refusal: string | undefined]>([
  ...['pull', 'env', 'env-from', 'mounted', 'projected', 'csi'].map(
    (name) => [`get secrets ${name}`, 'dev', yes] as [string, string, undefined],
  ),
  ...['map-env', 'map-projected', 'map-mounted'].map(
    (name) => [`watch configmaps ${name}`, 'dev', yes] as [string, string, undefined],
  ),
  ['list secrets pull', 'dev', yes],
  ['get secrets others', 'dev', unrelated],
  ['get secrets later', 'dev', unrelated],
  ['get secrets forbidden', 'dev', unrelated],
  ['get secrets pull', 'prod', unrelated],
  ['get secrets map-env', 'dev', unrelated],
  ['list secrets', 'dev', 'No Object name found'],
  ['list secrets', '', 'can only read namespaced object of this type'],
  ['update secrets pull', 'dev', 'can only read resources of this type'],
  ['get secrets/x pull', 'dev', 'cannot read subresource'],
  ['get secrets stage', 'storage', yes],
  ['get secrets rbd', 'dev', yes],
  ['get secrets control', 'storage', unrelated],
  ['get secrets free', 'dev', unrelated],
  ['get persistentvolumes disk', '', yes],
  ['get persistentvolumes free', '', unrelated],
  ['list persistentvolumes', '', 'can only get individual resources of this type'],
  ['get persistentvolumeclaims data', 'dev', yes],
  ['get persistentvolumeclaims web-scratch', 'dev', yes],
  ['get persistentvolumeclaims other', 'dev', unrelated],
  ['patch persistentvolumeclaims/status data', 'dev', yes],
  ['get persistentvolumeclaims/status data', 'dev', 'can only get/update/patch this type'],
  ['get persistentvolumeclaims/x data', 'dev', 'cannot get subresource'],
  ['get resourceclaims.resource.k8s.io gpu', 'dev', yes],
  ['get resourceclaims.resource.k8s.io web-made-x', 'dev', yes],
  ['get resourceclaims.resource.k8s.io t', 'dev', unrelated],
  ['get volumeattachments.storage.k8s.io att1', '', yes],
  ['get volumeattachments.storage.k8s.io att2', '', unrelated],
  ['get serviceaccounts builder', 'dev', yes],
  ['create serviceaccounts/token builder', 'dev', yes],
  ['create serviceaccounts/token default', 'dev', unrelated],
  ['create serviceaccounts/other builder', 'dev', 'can only create token subresource of serviceaccount'],
  ['list serviceaccounts', 'dev', 'can only create tokens for individual service accounts'],
  ['get leases.coordination.k8s.io n1', 'kube-node-lease', yes],
  ['create leases.coordination.k8s.io', 'kube-node-lease', yes],
  [
    'update leases.coordination.k8s.io n2',
    'kube-node-lease',
    'can only access node lease with the same name as the requesting node',
  ],
  ['get leases.coordination.k8s.io n1', 'dev', 'can only access leases in the "kube-node-lease" system namespace'],
  ['list leases.coordination.k8s.io', 'kube-node-lease', 'can only get, create, update, patch, or delete a node lease'],
  ['patch csinodes.storage.k8s.io n1', '', yes],
  ['get csinodes.storage.k8s.io n2', '', 'can only access CSINode with the same name as the requesting node'],
  ['list csinodes.storage.k8s.io', '', 'can only get, create, update, patch, or delete a CSINode'],
  ['create resourceslices.resource.k8s.io', '', yes],
  ['delete resourceslices.resource.k8s.io slice1', '', yes],
  ['delete resourceslices.resource.k8s.io slice2', '', unrelated],
  [
    'list resourceslices.resource.k8s.io',
    '',
    'can only list/watch/deletecollection resourceslices with nodeName field selector',
  ],
  ['get nodes n1', '', yes],
  ['get nodes n2', '', "node 'n1' cannot read 'n2', only its own Node object"],
  ['list nodes', '', "node 'n1' cannot read all nodes, only its own Node object"],
  ['create nodes', '', yes],
  ['patch nodes/status n1', '', yes],
  ['delete nodes n1', '', ''],
  ['get nodes/proxy n1', '', ''],
  ['get pods web', 'dev', yes],
  ['get pods other', 'dev', unrelated],
  ['watch pods web', 'dev', yes],
  ['list pods', '', 'can only list/watch pods with spec.nodeName field selector'],
  ['create pods', 'dev', yes],
  ['patch pods/status web', 'dev', yes],
  ['create pods/eviction web', 'dev', yes],
  ['get pods/log web', 'dev', ''],
  ['update pods web', 'dev', ''],
  // Everything else is the same for all nodes.
  ['list services', '', yes],
  ['create events', 'dev', yes],
  ['create certificatesigningrequests.certificates.k8s.io', '', yes],
  ['list runtimeclasses.node.k8s.io', '', yes],
  ['create subjectaccessreviews.authorization.k8s.io', '', yes],
  ['create deployments.apps', 'dev', ''],
  ['get /metrics', '', ''],
])('n1: %s in %s: %s', async (request, namespace, refusal) => {
  expect(await authorize(attributesOf(n1, request, namespace))).toEqual(
    refusal === undefined ? { decision: 'allow' } : { decision: 'no-opinion', reason: refusal },
  )
})

test.each([
  ['list pods', 'spec.nodeName=n1', 'allow'],
  ['watch pods', 'status.phase=Running,spec.nodeName=n1', 'allow'],
  ['list pods', 'spec.nodeName=n2', 'no-opinion'],
  ['list pods', 'spec.nodeName!=n1', 'no-opinion'],
  ['list pods', 'spec.nodeName', 'no-opinion'],
  ['deletecollection resourceslices.resource.k8s.io', 'spec.nodeName=n1', 'allow'],
])('n1: %s where %s: %s', async (request, fieldSelector, decision) => {
  expect(await authorize({ ...attributesOf(n1, request), fieldSelector })).toMatchObject({ decision })
})

test('others are none of its business, nor are nodes without a name', async () => {
  expect(await authorize(attributesOf('system:node:n1', 'get nodes n1'))).toMatchObject({ reason: '' })
  expect(await authorize(attributesOf('n1(system:nodes)', 'get nodes n1'))).toMatchObject({ reason: '' })
  const nameless = await authorize(attributesOf('system:node:(system:nodes)', 'get nodes n1'))
  expect(nameless).toEqual({ decision: 'no-opinion', reason: 'unknown node for user "system:node:"' })
})

test('access ends with the last pod that needs it', async () => {
  const secret = (name: string) => attributesOf(n1, `get secrets ${name}`, 'late')
  const one = object('Pod', 'late/one', { nodeName: 'n1', imagePullSecrets: [{ name: 'shared' }, { name: 'single' }] })
  const two = object('Pod', 'late/two', { nodeName: 'n1', imagePullSecrets: [{ name: 'shared' }] })
  pods.set(one)
  pods.set(two)
  expect(await authorize(secret('single'))).toMatchObject({ decision: 'allow' })
  pods.remove(one)
  expect(await authorize(secret('single'))).toMatchObject({ decision: 'no-opinion' })
  expect(await authorize(secret('shared'))).toMatchObject({ decision: 'allow' })
  pods.remove(two)
  expect(await authorize(secret('shared'))).toMatchObject({ decision: 'no-opinion' })
})

test('what a node may do cannot be listed', async () => {
  const node = { name: 'system:node:n1', groups: ['system:nodes'] }
  expect(await nodeRuleResolver(node, 'dev')).toMatchObject({
    incomplete: true,
    evaluationError: 'node authorizer does not support user rule resolution',
  })
  expect(await nodeRuleResolver({ name: 'jane', groups: [] }, 'dev')).toMatchObject({ incomplete: false })
})
