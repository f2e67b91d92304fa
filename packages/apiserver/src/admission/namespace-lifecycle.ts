import { forbidden, type JsonObject, type KubeObject, notFound, withDetails } from '@fairlead/apimachinery'
import type { AdmissionAttributes } from './admission.ts'
import type { AdmissionPlugin } from './chain.ts'
import { refuseAdmission } from './refuse.ts'

const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

/**
 * Keeps objects out of namespaces that do not exist or are being deleted, and the namespaces that everything depends on
 * from being deleted. `findNamespace` gives the newest state; what it gives must not be changed.
 */
export function createNamespaceLifecycle(options: {
  readonly findNamespace: (name: string) => Promise<{ object(): KubeObject } | undefined>
}): AdmissionPlugin {
  return {
    async mutate(attributes) {
      if (isNamespace(attributes)) {
        refuseImmortal(attributes)
        return
      }
      if (!concerns(attributes)) return
      const namespace = await options.findNamespace(attributes.namespace)
      if (namespace === undefined) throw notFound({ group: '', resource: 'namespaces' }, attributes.namespace)
      if (attributes.operation === 'CREATE' && isTerminating(namespace.object())) throw terminating(attributes)
    },
  }
}

function isNamespace({ kind }: AdmissionAttributes): boolean {
  return kind.group === '' && kind.kind === 'Namespace'
}

function refuseImmortal({ operation, name }: AdmissionAttributes): void {
  if (operation !== 'DELETE' || !immortal.has(name)) return
  throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted')
}

/** Deletion goes on in a namespace that is being deleted; an access review must not tell whether a namespace exists. */
function concerns({ namespace, operation, resource }: AdmissionAttributes): boolean {
  if (namespace === '' || operation === 'DELETE') return false
  return resource.group !== 'authorization.k8s.io' || resource.resource !== 'localsubjectaccessreviews'
}

function isTerminating(namespace: KubeObject): boolean {
  return (namespace['status'] as JsonObject | undefined)?.['phase'] === 'Terminating'
}

function terminating(attributes: AdmissionAttributes): Error {
  const { namespace } = attributes
  const error = refuseAdmission(
    attributes,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const message = `namespace ${namespace} is being terminated`
  return withDetails(error, { causes: [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }] })
}
