import type { ApiProject } from '../api-project.ts'

export function apiServiceManifest({ group, version, serverNamespace }: ApiProject): string {
  return `# The server itself adds its caBundle; until then nobody trusts what answers at the Service.
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: ${version}.${group}
spec:
  group: "${group}"
  version: ${version}
  groupPriorityMinimum: 1000
  versionPriority: 15
  service:
    name: apiserver
    namespace: "${serverNamespace}"
`
}
