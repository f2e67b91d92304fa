import { type Client, type ClientOptions, createClient } from '../client.ts'
import { inClusterAccess } from './in-cluster.ts'
import { type ClusterAccess, type KubeconfigOptions, loadKubeconfig } from './kubeconfig.ts'
import { createServerTransport } from './server-transport.ts'

/** A client with a connection of its own. */
export interface ConnectedClient {
  readonly client: Client
  /** The namespace of the context. */
  readonly namespace: string
  close(): void
}

/** A client of the server that `access` leads to. */
export function connectTo(access: ClusterAccess, options: ClientOptions = {}): ConnectedClient {
  const transport = createServerTransport(access, options.clock === undefined ? {} : { clock: options.clock })
  return { client: createClient(transport.call, options), namespace: access.namespace, close: transport.close }
}

/**
 * A client as most programs want it: of the kubeconfig that is named, or of `$KUBECONFIG`, or, inside a pod, of the pod's
 * service account, or of `~/.kube/config`.
 */
export async function connectToCluster(options: KubeconfigOptions & ClientOptions = {}): Promise<ConnectedClient> {
  const env = options.env ?? process.env
  const inPod = options.path === undefined && !env['KUBECONFIG'] && env['KUBERNETES_SERVICE_HOST'] !== undefined
  return connectTo(inPod ? await inClusterAccess({ env }) : await loadKubeconfig(options), options)
}
