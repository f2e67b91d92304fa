import { readFile } from 'node:fs/promises'

/** What a kubeconfig says about reaching the server as its owner. */
export interface Credentials {
  readonly host: string
  readonly port: number
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }]
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }]
}

/** Reads a kubeconfig that this server wrote, which is JSON with one cluster and one user. */
export async function readCredentials(kubeconfig: string): Promise<Credentials> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig
  const { cluster } = clusters[0]
  const { user } = users[0]
  const { hostname, port } = new URL(cluster['server'] ?? '')
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64')
  return {
    host: hostname,
    port: Number(port),
    ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  }
}
