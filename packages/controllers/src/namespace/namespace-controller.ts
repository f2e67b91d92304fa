import { ignoring, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import { type Controller, controller, type ReconcileResult } from '@fairlead/controller-runtime'
import { deleteContent } from './delete-content.ts'
import { conditionsOf } from './deletion-conditions.ts'

const finalizer = 'kubernetes'

/**
 * Deletes what is in a namespace that is being deleted. What cannot be deleted or discovered is said in the conditions of
 * the namespace, and does not keep the rest. Without content the finalizer goes, and with it the namespace.
 */
export function namespaceController(): Controller {
  return controller({
    name: 'namespace-controller',
    for: { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' },
    reconcile: ({ name }, { client }) => emptyNamespace(client, name),
    concurrency: 10,
  })
}

async function emptyNamespace(client: Client, name: string): Promise<ReconcileResult | undefined> {
  const namespaces = client.resource('v1', 'namespaces')
  // The newest state: what is deleted here must be what is being deleted now.
  const namespace = await namespaces.get(name).catch(ignoring('NotFound'))
  if (namespace?.metadata.deletionTimestamp === undefined || !finalizersOf(namespace).includes(finalizer))
    return undefined
  const found = await deleteContent(client, name)
  const conditions = conditionsOf(namespace, found, client.times.clock.now())
  const current =
    conditions === undefined
      ? namespace
      : await namespaces.subresource('status').update({
          ...namespace,
          status: { ...(namespace['status'] as JsonObject), phase: 'Terminating', conditions: [...conditions] },
        })
  if (found.remaining.size > 0 || found.failures.length > 0 || found.undiscovered.size > 0) {
    return { requeueAfter: (found.estimate / 2 + 1) * 1000 }
  }
  const finalizers = finalizersOf(current).filter((other) => other !== finalizer)
  await namespaces
    .subresource('finalize')
    .update({ ...current, spec: { ...(current['spec'] as JsonObject), finalizers } })
    .catch(ignoring('NotFound'))
  return undefined
}

function finalizersOf(namespace: KubeObject): readonly string[] {
  const { finalizers } = (namespace['spec'] ?? {}) as { readonly finalizers?: readonly string[] }
  return finalizers ?? []
}
