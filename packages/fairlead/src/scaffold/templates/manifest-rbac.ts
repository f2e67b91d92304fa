import type { ApiProject } from '../api-project.ts'

export function rbacManifest({ group, version, plural, serverNamespace }: ApiProject): string {
  const subjects = `subjects:
  - kind: ServiceAccount
    name: apiserver
    namespace: "${serverNamespace}"`
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: apiserver
  namespace: "${serverNamespace}"
---
# What the server does in the main one: it looks whether namespaces exist, and keeps its certificate in its APIService.
# The controller reads ${plural} and writes their status.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${group}:apiserver
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [get, list, watch]
  - apiGroups: [apiregistration.k8s.io]
    resources: [apiservices]
    verbs: [create]
  - apiGroups: [apiregistration.k8s.io]
    resources: [apiservices]
    resourceNames: [${version}.${group}]
    verbs: [get, patch]
  - apiGroups: ["${group}"]
    resources: ["${plural}"]
    verbs: [get, list, watch]
  - apiGroups: ["${group}"]
    resources: ["${plural}/status"]
    verbs: [update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${group}:apiserver
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ${group}:apiserver
${subjects}
---
# It asks the main server who a token belongs to and what that user may do.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${group}:auth-delegator
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:auth-delegator
${subjects}
---
# It reads which certificates the main server trusts.
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: ${group}:auth-reader
  namespace: kube-system
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: extension-apiserver-authentication-reader
${subjects}
`
}
