import type { JsonObject } from '@fairlead/apimachinery'

/** How to reach a server and as whom. */
export interface KubeconfigEntry {
  /** Names the cluster, the user and the context. */
  readonly name: string
  readonly server: string
  readonly caCertificate: string
  readonly clientCertificate: string
  readonly clientKey: string
}

/** Puts `entry` in place of entries of its name and makes it the current context; everything else stays. */
export function mergeKubeconfig(existing: JsonObject, entry: KubeconfigEntry): JsonObject {
  const { name } = entry
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return {
    ...existing,
    apiVersion: 'v1',
    kind: 'Config',
    clusters: replaceNamed(existing['clusters'], {
      name,
      cluster: { server: entry.server, 'certificate-authority-data': base64(entry.caCertificate) },
    }),
    users: replaceNamed(existing['users'], {
      name,
      user: {
        'client-certificate-data': base64(entry.clientCertificate),
        'client-key-data': base64(entry.clientKey),
      },
    }),
    contexts: replaceNamed(existing['contexts'], { name, context: { cluster: name, user: name } }),
    'current-context': name,
  }
}

function replaceNamed(list: unknown, entry: JsonObject): JsonObject[] {
  const others = Array.isArray(list) ? (list as JsonObject[]).filter((item) => item['name'] !== entry['name']) : []
  return [...others, entry]
}
