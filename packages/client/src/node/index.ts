export { connectTo, connectToCluster, type ConnectedClient } from './connect.ts'
export { inClusterAccess } from './in-cluster.ts'
export { type ClusterAccess, type ExecConfig, type KubeconfigOptions, loadKubeconfig } from './kubeconfig.ts'
export { createServerTransport, type ServerTransport } from './server-transport.ts'
