import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import facts from '../../data/printer-columns.json' with { type: 'json' }
import { defaultColumns, tableColumns } from './table-columns.ts'

const now = Date.parse('2026-01-01T01:00:00Z')
const created = '2026-01-01T00:00:00Z'

function columnsOf(key: string): ReturnType<typeof tableColumns> {
  const [group, kind] = key.includes('/') ? key.split('/') : ['', key]
  return tableColumns(group ?? '', kind ?? '')
}

function cellsOf(key: string, object: JsonObject): readonly JsonValue[] {
  const { metadata, ...rest } = object
  const full = {
    kind: 'x',
    apiVersion: 'y',
    metadata: { name: 'n', creationTimestamp: created, ...(metadata as JsonObject) },
    ...rest,
  }
  const rows = columnsOf(key).print(full as KubeObject, now)
  expect(rows).toHaveLength(1)
  return rows[0]?.cells ?? []
}

// A Status has no metadata and is never shown as a table; the endpoint of CSIStorageCapacity has the default columns.
const withoutPrinter = ['meta/Status', 'storage.k8s.io/CSIStorageCapacity']
const described = Object.entries(facts.columns).filter(([key]) => !withoutPrinter.includes(key))

describe('columns', () => {
  test.each(described)('%s', (key, expected) => {
    expect(columnsOf(key).definitions.map(({ description: _description, ...rest }) => rest)).toEqual(
      expected.map((column: { name: string; type: string; format?: string; priority?: number }) => ({
        name: column.name,
        type: column.type,
        format: column.format ?? '',
        priority: column.priority ?? 0,
      })),
    )
    expect(columnsOf(key).definitions.every(({ description }) => description !== '')).toBe(true)
  })

  test.each(described.map(([key]) => key).filter((key) => key !== 'networking.k8s.io/IPAddress'))(
    'an empty %s has a cell for every column',
    (key) => {
      const cells = cellsOf(key, {})
      expect(cells).toHaveLength(columnsOf(key).definitions.length)
      expect(cells).not.toContain(undefined)
    },
  )

  test('every other kind has the default columns', () => {
    for (const key of ['LimitRange', 'rbac.authorization.k8s.io/Role', 'storage.k8s.io/CSIStorageCapacity', 'a/B']) {
      expect(columnsOf(key)).toBe(defaultColumns)
    }
    expect(defaultColumns.definitions.map(({ name, type, format }) => [name, type, format])).toEqual([
      ['Name', 'string', 'name'],
      ['Created At', 'date', ''],
    ])
    expect(cellsOf('LimitRange', {})).toEqual(['n', created])
  })
})

const template = {
  metadata: { labels: { b: '2', a: '1', 'a-b': '3' } },
  spec: {
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:2' },
    ],
    nodeSelector: { zone: 'x' },
  },
}
const selector = {
  matchLabels: { app: 'web' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['b', 'a'] }],
}
const selectorCell = 'app=web,tier in (a,b)'
const conditions = (...types: readonly string[]): JsonObject[] => types.map((type) => ({ type, status: 'True' }))

const cases: readonly (readonly [key: string, object: JsonObject, cells: readonly JsonValue[]])[] = [
  ['PodTemplate', { template }, ['n', 'a,b', 'a:1,b:2', 'a-b=3,a=1,b=2']],
  [
    'ReplicationController',
    { spec: { replicas: 3, selector: { app: 'web' }, template }, status: { replicas: 2, readyReplicas: 1 } },
    ['n', 3, 2, 1, '60m', 'a,b', 'a:1,b:2', 'app=web'],
  ],
  [
    'apps/ReplicaSet',
    { spec: { replicas: 3, selector, template }, status: { replicas: 2 } },
    ['n', 3, 2, 0, '60m', 'a,b', 'a:1,b:2', selectorCell],
  ],
  [
    'apps/Deployment',
    {
      spec: { replicas: 3, selector, template },
      status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
    },
    ['n', '1/3', 2, 1, '60m', 'a,b', 'a:1,b:2', selectorCell],
  ],
  ['apps/Deployment', { spec: { selector: {} } }, ['n', '0/0', 0, 0, '60m', '', '', '']],
  ['apps/ReplicaSet', { spec: { selector: {} } }, ['n', 0, 0, 0, '60m', '', '', '<none>']],
  ['apps/StatefulSet', { spec: { replicas: 2, template } }, ['n', '0/2', '60m', 'a,b', 'a:1,b:2']],
  [
    'apps/DaemonSet',
    {
      spec: { selector, template },
      status: {
        desiredNumberScheduled: 5,
        currentNumberScheduled: 4,
        numberReady: 3,
        updatedNumberScheduled: 2,
        numberAvailable: 1,
      },
    },
    ['n', 5, 4, 3, 2, 1, 'zone=x', '60m', 'a,b', 'a:1,b:2', selectorCell],
  ],
  [
    'apps/ControllerRevision',
    {
      metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true }] },
      revision: 4,
    },
    ['n', 'deployment.apps/web', 4, '60m'],
  ],
  ['apps/ControllerRevision', { revision: 1 }, ['n', '<none>', 1, '60m']],
  [
    'batch/Job',
    {
      spec: { completions: 3, template, selector },
      status: {
        succeeded: 3,
        startTime: '2026-01-01T00:10:00Z',
        completionTime: '2026-01-01T00:12:05Z',
        conditions: conditions('SuccessCriteriaMet', 'Complete'),
      },
    },
    ['n', 'Complete', '3/3', '2m5s', '60m', 'a,b', 'a:1,b:2', selectorCell],
  ],
  [
    'batch/Job',
    { spec: { parallelism: 4 }, status: { startTime: '2026-01-01T00:59:30Z', succeeded: 1 } },
    ['n', 'Running', '1/1 of 4', '30s', '60m', '', '', '<none>'],
  ],
  [
    'batch/Job',
    { metadata: { deletionTimestamp: created }, status: { conditions: conditions('Suspended') } },
    ['n', 'Terminating', '0/1', '', '60m', '', '', '<none>'],
  ],
  [
    'batch/CronJob',
    {
      spec: { schedule: '* * * * *', timeZone: 'Etc/UTC', suspend: false, jobTemplate: { spec: { template } } },
      status: { active: [{}, {}], lastScheduleTime: '2026-01-01T00:59:00Z' },
    },
    ['n', '* * * * *', 'Etc/UTC', 'False', 2, '60s', '60m', 'a,b', 'a:1,b:2', '<none>'],
  ],
  ['batch/CronJob', {}, ['n', '', '<none>', '<unset>', 0, '<none>', '60m', '', '', '<none>']],
  [
    'Service',
    {
      spec: {
        type: 'ClusterIP',
        clusterIPs: ['10.0.0.1', 'fd00::1'],
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 443, nodePort: 30443, protocol: 'TCP' },
        ],
        selector: { app: 'web' },
      },
    },
    ['n', 'ClusterIP', '10.0.0.1', '<none>', '80/TCP,443:30443/TCP', '60m', 'app=web'],
  ],
  [
    'Service',
    { spec: { type: 'NodePort', externalIPs: ['1.2.3.4', '5.6.7.8'] } },
    ['n', 'NodePort', '<none>', '1.2.3.4,5.6.7.8', '<none>', '60m', '<none>'],
  ],
  [
    'Service',
    { spec: { type: 'LoadBalancer' } },
    ['n', 'LoadBalancer', '<none>', '<pending>', '<none>', '60m', '<none>'],
  ],
  [
    'Service',
    {
      spec: { type: 'LoadBalancer', externalIPs: ['9.9.9.9'] },
      status: { loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { hostname: 'a.example' }, { ip: '2.2.2.2' }] } },
    },
    ['n', 'LoadBalancer', '<none>', '2.2.2.2,a.example,9.9.9.9', '<none>', '60m', '<none>'],
  ],
  [
    'Service',
    { spec: { type: 'ExternalName', externalName: 'db.example' } },
    ['n', 'ExternalName', '<none>', 'db.example', '<none>', '60m', '<none>'],
  ],
  ['Endpoints', {}, ['n', '<none>', '60m']],
  [
    'Endpoints',
    {
      subsets: [
        { addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }, { port: 81 }] },
        { addresses: [{ ip: '10.0.0.9' }] },
      ],
    },
    ['n', '10.0.0.1:80,[fd00::1]:80,10.0.0.1:81 + 2 more...', '60m'],
  ],
  [
    'discovery.k8s.io/EndpointSlice',
    {
      addressType: 'IPv4',
      ports: [{ port: 80 }, { name: 'web' }, {}, { port: 1 }],
      endpoints: [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] }],
    },
    ['n', 'IPv4', '80,web,* + 1 more...', '10.0.0.1,10.0.0.2', '60m'],
  ],
  ['discovery.k8s.io/EndpointSlice', { addressType: 'IPv6' }, ['n', 'IPv6', '<unset>', '<unset>', '60m']],
  [
    'networking.k8s.io/Ingress',
    {
      spec: {
        ingressClassName: 'nginx',
        rules: [{ host: 'a' }, { host: 'b' }, {}, { host: 'c' }, { host: 'd' }],
        tls: [{}],
      },
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }, { ip: '1.1.1.1' }] } },
    },
    ['n', 'nginx', 'a,b,c + 2 more...', '1.1.1.1,lb.example', '80, 443', '60m'],
  ],
  ['networking.k8s.io/Ingress', {}, ['n', '<none>', '*', '', '80', '60m']],
  [
    'networking.k8s.io/IngressClass',
    {
      metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'example.com/c', parameters: { kind: 'P', apiGroup: 'example.com', name: 'p' } },
    },
    ['n (default)', 'example.com/c', 'P.example.com/p', '60m'],
  ],
  ['networking.k8s.io/NetworkPolicy', { spec: { podSelector: {} } }, ['n', '<none>', '60m']],
  ['networking.k8s.io/NetworkPolicy', { spec: { podSelector: selector } }, ['n', selectorCell, '60m']],
  [
    'networking.k8s.io/ServiceCIDR',
    { spec: { cidrs: ['10.0.0.0/16', 'fd00::/64'] } },
    ['n', '10.0.0.0/16,fd00::/64', '60m'],
  ],
  [
    'networking.k8s.io/IPAddress',
    { spec: { parentRef: { resource: 'services', namespace: 'a', name: 'web' } } },
    ['n', 'services/a/web', '60m'],
  ],
  ['Namespace', { status: { phase: 'Active' } }, ['n', 'Active', '60m']],
  ['ConfigMap', { data: { a: '1', b: '2' }, binaryData: { c: '' } }, ['n', 3, '60m']],
  ['Secret', { type: 'Opaque', data: { a: 'MQ==' } }, ['n', 'Opaque', 1, '60m']],
  [
    'ResourceQuota',
    { status: { hard: { pods: '4', 'limits.cpu': '2', cpu: '1' }, used: { pods: '1', 'limits.cpu': '500m' } } },
    ['n', 'cpu: 0/1, pods: 1/4', 'limits.cpu: 500m/2', '60m'],
  ],
  [
    'ComponentStatus',
    { conditions: [{ type: 'Healthy', status: 'False', message: 'm', error: 'e' }] },
    ['n', 'Unhealthy', 'm', 'e'],
  ],
  [
    'Node',
    {
      metadata: {
        labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge', 'node-role.kubernetes.io/': '' },
      },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'ExternalIP', address: '1.2.3.4' },
        ],
        nodeInfo: {
          kubeletVersion: 'v1.36.0',
          osImage: 'Linux',
          kernelVersion: '6.1',
          architecture: 'arm64',
          containerRuntimeVersion: 'cri://1',
        },
      },
    },
    [
      'n',
      'Ready,SchedulingDisabled',
      'edge,worker',
      '60m',
      'v1.36.0',
      '10.0.0.1',
      '1.2.3.4',
      'Linux',
      '6.1 (arm64)',
      'cri://1',
    ],
  ],
  ['Node', {}, ['n', 'Unknown', '<none>', '60m', '', '<none>', '<none>', '<unknown>', '<unknown>', '<unknown>']],
  [
    'Event',
    {
      involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec' },
      reason: 'Pulled',
      message: ' pulled\n',
      type: 'Normal',
      source: { component: 'kubelet', host: 'n1' },
      firstTimestamp: '2026-01-01T00:50:00Z',
      lastTimestamp: '2026-01-01T00:59:00Z',
      count: 4,
    },
    ['60s', 'Normal', 'Pulled', 'pod/web', 'spec', 'kubelet, n1', 'pulled', '10m', 4, 'n'],
  ],
  [
    'events.k8s.io/Event',
    {
      involvedObject: { kind: 'Node' },
      eventTime: '2026-01-01T00:58:00.500000Z',
      firstTimestamp: null,
      lastTimestamp: null,
      reportingComponent: 'c',
      reportingInstance: '',
    },
    ['119s', '', '', 'node', '', 'c', '', '119s', 1, 'n'],
  ],
  [
    'Event',
    { eventTime: '2026-01-01T00:00:00.000000Z', series: { count: 9, lastObservedTime: '2026-01-01T00:59:55.000000Z' } },
    ['5s', '', '', '', '', '', '', '60m', 9, 'n'],
  ],
  ['Event', {}, ['<unknown>', '', '', '', '', '', '', '<unknown>', 1, 'n']],
  [
    'PersistentVolume',
    {
      metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'old' } },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadOnlyMany', 'ReadWriteOnce', 'ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { namespace: 'a', name: 'c' },
        storageClassName: 'new',
        volumeMode: 'Block',
      },
      status: { phase: 'Bound' },
    },
    ['n', '1Gi', 'RWO,ROX', 'Retain', 'Bound', 'a/c', 'old', '<unset>', '', '60m', 'Block'],
  ],
  [
    'PersistentVolumeClaim',
    {
      spec: { volumeName: 'v', storageClassName: 's', volumeMode: 'Filesystem' },
      status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOncePod'] },
    },
    ['n', 'Bound', 'v', '1Gi', 'RWOP', 's', '<unset>', '60m', 'Filesystem'],
  ],
  [
    'PersistentVolumeClaim',
    {
      metadata: { deletionTimestamp: created },
      spec: { resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Pending' },
    },
    ['n', 'Terminating', '', '', '', '', '<unset>', '60m', '<unset>'],
  ],
  [
    'storage.k8s.io/StorageClass',
    {
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'p',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ['n (default)', 'p', 'Delete', 'WaitForFirstConsumer', false, '60m'],
  ],
  [
    'storage.k8s.io/VolumeAttachment',
    { spec: { attacher: 'a', nodeName: 'x', source: { persistentVolumeName: 'v' } }, status: { attached: true } },
    ['n', 'a', 'v', 'x', true, '60m'],
  ],
  ['storage.k8s.io/CSINode', { spec: { drivers: [{}, {}] } }, ['n', 2, '60m']],
  [
    'storage.k8s.io/CSIDriver',
    {
      spec: {
        attachRequired: false,
        tokenRequests: [{ audience: 'a' }, { audience: 'b' }],
        volumeLifecycleModes: ['Ephemeral'],
      },
    },
    ['n', false, false, false, 'a,b', false, 'Ephemeral', '60m'],
  ],
  [
    'autoscaling/HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
          { type: 'Object', object: { target: { averageValue: '5' } } },
          { type: 'Pods', pods: {} },
        ],
      },
      status: {
        currentReplicas: 2,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50 } } }],
      },
    },
    ['n', 'Deployment/web', 'cpu: 50%/80%, <unknown>/5 (avg) + 1 more...', '1', 5, 2, '60m'],
  ],
  [
    'autoscaling/HorizontalPodAutoscaler',
    {
      spec: {
        metrics: [
          { type: 'ContainerResource', containerResource: { name: 'memory', target: { averageValue: '1Gi' } } },
          { type: 'External', external: { target: { value: '7' } } },
        ],
      },
      status: {
        currentMetrics: [
          { type: 'ContainerResource', containerResource: { current: { averageValue: '5Mi' } } },
          { type: 'External', external: { current: { value: '3' } } },
        ],
      },
    },
    ['n', '/', 'memory: 5Mi/1Gi, 3/7', '<unset>', 0, 0, '60m'],
  ],
  ['autoscaling/Scale', { spec: { replicas: 3 }, status: { replicas: 2 } }, ['n', 3, 2, '60m']],
  [
    'policy/PodDisruptionBudget',
    { spec: { minAvailable: '50%' }, status: { disruptionsAllowed: 1 } },
    ['n', '50%', 'N/A', 1, '60m'],
  ],
  ['policy/PodDisruptionBudget', { spec: { maxUnavailable: 0 } }, ['n', 'N/A', '0', 0, '60m']],
  [
    'rbac.authorization.k8s.io/RoleBinding',
    {
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'User', name: 'v' },
        { kind: 'Group', name: 'g' },
        { kind: 'ServiceAccount', namespace: 'a', name: 's' },
      ],
    },
    ['n', 'Role/r', '60m', 'u, v', 'g', 'a/s'],
  ],
  [
    'certificates.k8s.io/CertificateSigningRequest',
    {
      spec: { signerName: 's', username: 'u', expirationSeconds: 3600 },
      status: { conditions: [{ type: 'Approved' }, { type: 'Failed' }], certificate: 'eA==' },
    },
    ['n', '60m', 's', 'u', '60m', 'Approved,Failed,Issued'],
  ],
  ['certificates.k8s.io/CertificateSigningRequest', {}, ['n', '60m', '<none>', '', '<none>', 'Pending']],
  [
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
    { spec: { validations: [{}, {}], paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } },
    ['n', 2, 'v1/ConfigMap', '60m'],
  ],
  [
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
    { spec: { policyName: 'p', paramRef: { name: 'c' } } },
    ['n', 'p', '*/c', '60m'],
  ],
  [
    'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
    { spec: { policyName: 'p', paramRef: { selector } } },
    [
      'n',
      'p',
      '&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{' +
        'LabelSelectorRequirement{Key:tier,Operator:In,Values:[b a],},},}',
      '60m',
    ],
  ],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', { webhooks: [{}] }, ['n', 1, '60m']],
  ['coordination.k8s.io/Lease', { spec: { holderIdentity: 'h' } }, ['n', 'h', '60m']],
  [
    'flowcontrol.apiserver.k8s.io/FlowSchema',
    {
      spec: {
        priorityLevelConfiguration: { name: 'p' },
        matchingPrecedence: 9,
        distinguisherMethod: { type: 'ByUser' },
      },
      status: { conditions: [{ type: 'Dangling', status: 'False' }] },
    },
    ['n', 'p', 9, 'ByUser', '60m', 'False'],
  ],
  [
    'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
    {
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: 30,
          limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
      },
    },
    ['n', 'Limited', 30, 64, 8, 50, '60m'],
  ],
  [
    'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
    { spec: { type: 'Exempt' } },
    ['n', 'Exempt', '<none>', '<none>', '<none>', '<none>', '60m'],
  ],
  ['apiregistration.k8s.io/APIService', {}, ['n', 'Local', 'Unknown', '60m']],
  [
    'apiregistration.k8s.io/APIService',
    {
      spec: { service: { namespace: 'a', name: 's' } },
      status: { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] },
    },
    ['n', 'a/s', 'False (MissingEndpoints)', '60m'],
  ],
  [
    'storagemigration.k8s.io/StorageVersionMigration',
    {
      spec: { resource: { group: 'apps', resource: 'deployments' } },
      status: { conditions: [{ type: 'Running', status: 'False' }, ...conditions('Succeeded')] },
    },
    ['n', 'deployments.apps', 'Succeeded'],
  ],
  [
    'scheduling.k8s.io/PriorityClass',
    { value: 10, globalDefault: true, preemptionPolicy: 'Never' },
    ['n', 10, true, '60m', 'Never'],
  ],
  [
    'scheduling.k8s.io/PodGroup',
    {
      spec: { schedulingPolicy: { gang: {} }, podGroupTemplateRef: { workload: { workloadName: 'w' } } },
      status: { conditions: conditions('PodGroupScheduled') },
    },
    ['n', 'Gang', 'w', 'Scheduled', '60m'],
  ],
  ['resource.k8s.io/ResourceClaim', {}, ['n', 'pending', '60m']],
  [
    'resource.k8s.io/ResourceClaim',
    { metadata: { deletionTimestamp: created }, status: { allocation: {}, reservedFor: [{}] } },
    ['n', 'deleted,allocated,reserved', '60m'],
  ],
  [
    'resource.k8s.io/ResourcePoolStatusRequest',
    {
      spec: { driver: 'd' },
      status: {
        poolCount: 3,
        pools: [{ totalDevices: 4, availableDevices: 1, allocatedDevices: 3 }, { validationError: 'x' }],
        conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: '2026-01-01T00:59:50Z' }],
      },
    },
    ['n', 'd', '4', '1', '3', '0', '1', 3, 'Complete (2/3 pools)', '10s'],
  ],
  ['resource.k8s.io/ResourcePoolStatusRequest', {}, ['n', '', '-', '-', '-', '-', '-', 0, 'Pending', '<none>']],
]

describe('cells', () => {
  test.each(cases.map(([key, object, cells], index) => ({ name: `${key} (${index})`, key, object, cells })))(
    '$name',
    ({ key, object, cells }) => {
      expect(cellsOf(key, object)).toEqual(cells)
    },
  )

  test('an object without a time of creation has no age', () => {
    expect(cellsOf('Namespace', { metadata: { creationTimestamp: null } })).toEqual(['n', '', '<unknown>'])
  })
})
