import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import { type AdmissionPlugin, createNamespaceLifecycle } from '@fairlead/apiserver'
import type { Client } from '@fairlead/client'

/** NamespaceLifecycle over the namespaces of the main server, asked for at each write. */
export function namespaceLifecycle(client: Client): AdmissionPlugin {
  const namespaces = client.resource('v1', 'namespaces')
  return createNamespaceLifecycle({
    async findNamespace(name) {
      let namespace: KubeObject
      try {
        namespace = await namespaces.get(name)
      } catch (error) {
        if (error instanceof StatusError && error.code === 404) return undefined
        throw error
      }
      return { object: () => namespace }
    },
  })
}
