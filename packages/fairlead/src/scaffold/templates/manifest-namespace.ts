import type { ApiProject } from '../api-project.ts'

export function namespaceManifest({ serverNamespace }: ApiProject): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: "${serverNamespace}"
`
}
