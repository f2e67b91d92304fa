import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterAccess } from './kubeconfig.ts'

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Access for a program in a pod: the API server's address from the environment, the service account's token and CA. */
export async function inClusterAccess(
  options: { readonly env?: Readonly<Record<string, string | undefined>>; readonly folder?: string } = {},
): Promise<ClusterAccess> {
  const { env = process.env, folder = serviceAccount } = options
  const host = env['KUBERNETES_SERVICE_HOST'] ?? ''
  const port = env['KUBERNETES_SERVICE_PORT'] ?? ''
  if (host === '' || port === '') {
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    )
  }
  const tokenFile = join(folder, 'token')
  const [certificateAuthority, namespace] = await Promise.all([
    readFile(join(folder, 'ca.crt'), 'utf8'),
    readFile(join(folder, 'namespace'), 'utf8').catch(() => 'default'),
    readFile(tokenFile, 'utf8'),
  ])
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    certificateAuthority,
    tokenFile,
    namespace: namespace.trim(),
  }
}
