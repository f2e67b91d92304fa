import type { KubeObject } from '@fairlead/apimachinery'

/** Where an object goes: its collection path, and the object. */
export interface ServerOwnedObject {
  readonly collection: string
  readonly object: KubeObject
  /** Fields that this server keeps true at every start because they follow from how it was started. */
  readonly maintained?: readonly string[]
  /** Fields inside those that stay as they were made. */
  readonly fixed?: readonly string[]
}

export interface ServerOwnedObjectsOptions {
  /** Where clients reach this server. */
  readonly advertiseAddress: string
  readonly securePort: number
  /** First usable address of the service range, for the `kubernetes` Service. */
  readonly serviceClusterIp: string
  readonly serviceClusterIpRanges: readonly string[]
}

/**
 * The objects that clients expect at second one (spec: server-owned objects): the four namespaces, the Service
 * `kubernetes` with its Endpoints and EndpointSlice, the ServiceCIDR, the two system PriorityClasses.
 */
export function serverOwnedObjects(options: ServerOwnedObjectsOptions): readonly ServerOwnedObject[] {
  return [
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(namespace),
    kubernetesService(options),
    kubernetesEndpoints(options),
    kubernetesEndpointSlice(options),
    serviceCidr(options),
    priorityClass(
      'system-node-critical',
      2000001000,
      'Used for system critical pods that must not be moved from their current node.',
    ),
    priorityClass(
      'system-cluster-critical',
      2000000000,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ),
  ]
}

function namespace(name: string): ServerOwnedObject {
  return { collection: '/api/v1/namespaces', object: { kind: 'Namespace', apiVersion: 'v1', metadata: { name } } }
}

function kubernetesService({ securePort, serviceClusterIp }: ServerOwnedObjectsOptions): ServerOwnedObject {
  return {
    collection: '/api/v1/namespaces/default/services',
    object: {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: {
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: securePort }],
        clusterIP: serviceClusterIp,
        clusterIPs: [serviceClusterIp],
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilies: [serviceClusterIp.includes(':') ? 'IPv6' : 'IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
      },
    },
    maintained: ['spec'],
    fixed: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'],
  }
}

function kubernetesEndpoints({ advertiseAddress, securePort }: ServerOwnedObjectsOptions): ServerOwnedObject {
  return {
    collection: '/api/v1/namespaces/default/endpoints',
    object: {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      },
      subsets: [
        { addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port: securePort, protocol: 'TCP' }] },
      ],
    },
    maintained: ['subsets'],
  }
}

function kubernetesEndpointSlice({ advertiseAddress, securePort }: ServerOwnedObjectsOptions): ServerOwnedObject {
  return {
    collection: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
    object: {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: advertiseAddress.includes(':') ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
      ports: [{ name: 'https', port: securePort, protocol: 'TCP' }],
    },
    maintained: ['endpoints', 'ports'],
  }
}

function serviceCidr({ serviceClusterIpRanges }: ServerOwnedObjectsOptions): ServerOwnedObject {
  return {
    collection: '/apis/networking.k8s.io/v1/servicecidrs',
    object: {
      kind: 'ServiceCIDR',
      apiVersion: 'networking.k8s.io/v1',
      metadata: { name: 'kubernetes' },
      spec: { cidrs: [...serviceClusterIpRanges] },
    },
  }
}

function priorityClass(name: string, value: number, description: string): ServerOwnedObject {
  return {
    collection: '/apis/scheduling.k8s.io/v1/priorityclasses',
    object: {
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: { name },
      value,
      description,
      preemptionPolicy: 'PreemptLowerPriority',
    },
  }
}
