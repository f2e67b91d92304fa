import { ignoring, type KubeObject } from '@fairlead/apimachinery'
import { keyOf } from '@fairlead/client'
import { type Controller, controller, type ReconcileContext, type ReconcileRequest } from '@fairlead/controller-runtime'
import { isActive, isNamespaceTerminating } from '../active-namespace.ts'

const apiVersion = 'v1'
const resource = 'serviceaccounts'
const name = 'default'

/** Keeps the ServiceAccount `default` in every namespace that is not being deleted. */
export function serviceAccountController(): Controller {
  return controller({
    name: 'serviceaccount-controller',
    for: { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' },
    watches: [
      {
        apiVersion,
        resource,
        predicates: [({ type }) => type === 'delete'],
        map: ({ metadata }) => [{ namespace: '', name: metadata.namespace ?? '' }],
      },
    ],
    reconcile: ensureServiceAccount,
  })
}

async function ensureServiceAccount(
  { name: namespace }: ReconcileRequest,
  { client, store, informers }: ReconcileContext<KubeObject>,
): Promise<void> {
  if (!isActive(store.get(keyOf('', namespace)))) return
  if (informers.informer(apiVersion, resource).store.get(keyOf(namespace, name)) !== undefined) return
  const serviceAccount = { apiVersion, kind: 'ServiceAccount', metadata: { namespace, name } }
  try {
    await client.resource(apiVersion, resource).create(serviceAccount)
  } catch (error) {
    if (!isNamespaceTerminating(error)) ignoring('AlreadyExists', 'NotFound')(error)
  }
}
