import type { ServiceReference } from '../api-service/api-service.ts'
import type { Address } from '../backend/address.ts'
import { parseLoopbackUrl } from '../routes/backend-target.ts'

/**
 * Names further servers of an APIService, in order: `NAMESPACE/NAME:PORT` (443 unless told), or `https://127.0.0.1:8443` for a
 * server of this host.
 */
export const moreBackendsAnnotation = 'aggregation.fairlead.dev/more-backends'

/** One of several servers of a group-version. */
export type MoreBackend = { readonly service: ServiceReference } | { readonly address: Address }

/** Reads the annotation. Throws, in words for its owner, for one that cannot be read. */
export function readMoreBackends(annotations: Readonly<Record<string, string>>): readonly MoreBackend[] {
  const text = annotations[moreBackendsAnnotation]
  if (text === undefined) return []
  return text.split(',').map((entry) => {
    const trimmed = entry.trim()
    if (trimmed.includes('://')) return { address: parseLoopbackUrl(trimmed, moreBackendsAnnotation) }
    const [, namespace, name, port = '443'] = /^([a-z0-9-]+)\/([a-z0-9-]+)(?::(\d+))?$/.exec(trimmed) ?? []
    const number = Number(port)
    if (namespace === undefined || name === undefined || number < 1 || number > 65_535) {
      throw new Error(`${moreBackendsAnnotation}: "${trimmed}" is neither NAMESPACE/NAME:PORT nor a URL`)
    }
    return { service: { namespace, name, port: number } }
  })
}
