import type { ApiService } from '../api-service/api-service.ts'
import type { Address } from '../backend/address.ts'

/** Names a server of this host in place of the Service: `https://127.0.0.1:8443`. */
export const urlAnnotation = 'aggregation.fairlead.dev/url'
/** Names a server of this process in place of the Service. */
export const inProcessAnnotation = 'aggregation.fairlead.dev/in-process'

/** Where the requests of an APIService go. */
export type BackendTarget =
  | { readonly kind: 'service' }
  | { readonly kind: 'url'; readonly address: Address }
  | { readonly kind: 'in-process'; readonly name: string }

/** The target that an APIService names. Throws, in words for its owner, for an annotation that names none. */
export function backendTarget({ annotations }: Pick<ApiService, 'annotations'>): BackendTarget {
  const name = annotations[inProcessAnnotation]
  const url = annotations[urlAnnotation]
  if (name !== undefined && url !== undefined) {
    throw new Error(`${urlAnnotation} and ${inProcessAnnotation} exclude each other`)
  }
  if (name !== undefined) {
    if (name === '') throw new Error(`${inProcessAnnotation} names no server`)
    return { kind: 'in-process', name }
  }
  return url === undefined ? { kind: 'service' } : { kind: 'url', address: parseLoopbackUrl(url, urlAnnotation) }
}

/** Whether an APIService's requests go where its Service leads. */
export function leadsToService(apiService: Pick<ApiService, 'annotations'>): boolean {
  try {
    return backendTarget(apiService).kind === 'service'
  } catch {
    // An annotation that cannot be used leads nowhere.
    return false
  }
}

/**
 * The address of a URL in an annotation. Only servers of this host: elsewhere a Service says where to go, and the network
 * decides who may.
 */
export function parseLoopbackUrl(text: string, annotation: string): Address {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new Error(`${annotation}: "${text}" is not a URL`, { cause })
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (url.protocol !== 'https:') throw new Error(`${annotation}: only https is possible`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new Error(`${annotation}: only scheme, host and port can be given`)
  }
  if (host !== 'localhost' && host !== '::1' && !/^127(\.\d{1,3}){3}$/.test(host)) {
    throw new Error(`${annotation}: only addresses of this host are possible: localhost, 127.0.0.1, [::1]`)
  }
  return { host, port: url.port === '' ? 443 : Number(url.port) }
}
