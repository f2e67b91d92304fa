/** The server also follows MutatingAdmissionPolicies, which the sample's own manifests do not let it read. */
export const mutatingPolicyReader: readonly object[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'mutating-policy-reader' },
    rules: [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'],
        verbs: ['list', 'watch'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'mutating-policy-reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'mutating-policy-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'apiserver', namespace: 'wardle' }],
  },
]

/** Where the Service of the manifests leads, as no pods run. */
export function endpointSlice(port: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'api-here', namespace: 'wardle', labels: { 'kubernetes.io/service-name': 'api' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: '', port, protocol: 'TCP' }],
  }
}

/** The manifests register v1alpha1 alone; the server has v1beta1 as well. */
export const betaApiService: object = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.wardle.example.com' },
  spec: {
    group: 'wardle.example.com',
    version: 'v1beta1',
    insecureSkipTLSVerify: true,
    groupPriorityMinimum: 1000,
    versionPriority: 20,
    service: { namespace: 'wardle', name: 'api' },
  },
}

export function flunder(name: string, rest: object = {}): object {
  return { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Flunder', metadata: { name }, ...rest }
}
