import { deepEqual, ignoring, type KubeObject } from '@fairlead/apimachinery'
import { type Client, keyOf } from '@fairlead/client'
import { type Controller, controller } from '@fairlead/controller-runtime'
import { isActive, isNamespaceTerminating } from '../active-namespace.ts'
import type { RootCa } from '../builtin-controller.ts'
import { ignoringChanges } from '../ignoring-changes.ts'

const name = 'kube-root-ca.crt'
const configMaps = { apiVersion: 'v1', resource: 'configmaps', scope: { fieldSelector: `metadata.name=${name}` } }
const descriptionKey = 'kubernetes.io/description'
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Keeps the ConfigMap `kube-root-ca.crt` in every namespace: pods find there what to trust the API server by. */
export function rootCaPublisher(rootCa: RootCa): Controller {
  return controller({
    name: 'root-ca-certificate-publisher-controller',
    for: { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' },
    watches: [{ ...configMaps, map: ({ metadata }) => [{ namespace: '', name: metadata.namespace ?? '' }] }],
    resyncOn: (resync) => rootCa.onChange(resync),
    async reconcile({ name: namespace }, { client, store, informers }) {
      if (!isActive(store.get(keyOf('', namespace)))) return
      const { apiVersion, resource, scope } = configMaps
      const current = informers.informer(apiVersion, resource, scope).store.get(keyOf(namespace, name))
      await publish(client, namespace, current, { 'ca.crt': rootCa.current() })
    },
  })
}

async function publish(
  client: Client,
  namespace: string,
  current: KubeObject | undefined,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const objects = client.resource(configMaps.apiVersion, configMaps.resource)
  if (current === undefined) {
    const metadata = { namespace, name, annotations: { [descriptionKey]: description } }
    try {
      await objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
    } catch (error) {
      if (!isNamespaceTerminating(error)) ignoring('AlreadyExists', 'NotFound')(error)
    }
    return
  }
  const { annotations = {} } = current.metadata
  if (deepEqual(current['data'] ?? {}, data) && (annotations[descriptionKey] ?? '') !== '') return
  const metadata = { ...current.metadata, annotations: { ...annotations, [descriptionKey]: description } }
  await objects.update({ ...current, metadata, data }).catch(ignoringChanges)
}
