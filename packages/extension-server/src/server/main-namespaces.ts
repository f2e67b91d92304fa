import { ignoring } from '@fairlead/apimachinery'
import { type AdmissionPlugin, createNamespaceLifecycle } from '@fairlead/apiserver'
import type { Client } from '@fairlead/client'

/** NamespaceLifecycle over the namespaces of the main server, asked for at each write. */
export function namespaceLifecycle(client: Client): AdmissionPlugin {
  const namespaces = client.resource('v1', 'namespaces')
  return createNamespaceLifecycle({
    async findNamespace(name) {
      const namespace = await namespaces.get(name).catch(ignoring('NotFound'))
      return namespace && { object: () => namespace }
    },
  })
}
