import type { Clock } from '@fairlead/apimachinery'
import type { ApiRequest, PeerCertificate } from '../request/api-request.ts'
import { headerValues } from '../request/request-headers.ts'
import type { RequestAuthenticator } from './authenticator.ts'
import { type CertificateAuthorities, checkIssuedBy } from './certificate-authorities.ts'
import { certificateSubject } from './certificate-subject.ts'

/** The headers in which a front proxy tells who its caller is. Names in any case. */
export interface FrontProxyHeaders {
  /** Asked in order; the first with a value counts. */
  readonly username: readonly string[]
  readonly uid: readonly string[]
  /** All values of all of them count. */
  readonly group: readonly string[]
  readonly extraPrefix: readonly string[]
}

/** The headers that the aggregation layer uses. */
export const standardFrontProxyHeaders: FrontProxyHeaders = {
  username: ['X-Remote-User'],
  uid: ['X-Remote-Uid'],
  group: ['X-Remote-Group'],
  extraPrefix: ['X-Remote-Extra-'],
}

/** What front proxy authentication is told. */
export interface FrontProxyOptions {
  readonly clock: Clock
  /** Who signs the certificates of front proxies. */
  readonly authorities: () => CertificateAuthorities
  /** Common names that front proxies may have; empty means any. */
  readonly allowedNames: readonly string[]
  readonly headers: FrontProxyHeaders
}

/**
 * Recognises whom a front proxy speaks for. Its own certificate must come from the authorities of front proxies and have
 * an allowed name, or it is an error; without a user name in the headers there is no opinion.
 */
export function authenticateFrontProxy(options: FrontProxyOptions): RequestAuthenticator {
  const allowed = new Set(options.allowedNames)
  const headers = lowerCase(options.headers)
  // Most certificates are those of users: what is wrong with them as proxies is found out once a connection, too.
  const checked = new WeakMap<PeerCertificate, Verdict>()
  return async (request) => {
    const peer = request.peerCertificate
    if (peer === undefined) return undefined
    const bundle = options.authorities()
    let verdict = checked.get(peer)
    if (verdict === undefined || verdict.authorities !== bundle) {
      verdict = { authorities: bundle, problem: problemOf(peer, bundle, { allowed, now: options.clock.now() }) }
      checked.set(peer, verdict)
    }
    if (verdict.problem !== undefined) throw verdict.problem
    if (options.clock.now() > Date.parse(peer.certificate.validTo)) {
      throw new Error('the certificate of the front proxy has expired')
    }
    return remoteUser(request, headers)
  }
}

interface Verdict {
  readonly authorities: CertificateAuthorities
  readonly problem: Error | undefined
}

function problemOf(
  peer: PeerCertificate,
  authorities: CertificateAuthorities,
  { allowed, now }: { readonly allowed: ReadonlySet<string>; readonly now: number },
): Error | undefined {
  try {
    checkIssuedBy(peer, authorities, now)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
  const { commonName } = certificateSubject(peer.certificate.raw)
  if (allowed.size === 0 || allowed.has(commonName)) return undefined
  return new Error(`x509: subject with cn=${commonName} is not in the allowed list`)
}

/** Tells whether a header, named in lower case, is one of a front proxy's. */
export function frontProxyHeaderTest(headers: FrontProxyHeaders): (name: string) => boolean {
  const { username, uid, group, extraPrefix } = lowerCase(headers)
  const names = new Set([...username, ...uid, ...group])
  return (name) => names.has(name) || extraPrefix.some((prefix) => name.startsWith(prefix))
}

function remoteUser(request: ApiRequest, headers: FrontProxyHeaders): Awaited<ReturnType<RequestAuthenticator>> {
  const name = firstValue(request, headers.username)
  if (name === '') return undefined
  const uid = firstValue(request, headers.uid)
  const extra = remoteExtra(request, headers.extraPrefix)
  return {
    user: {
      name,
      ...(uid === '' ? {} : { uid }),
      groups: headers.group.flatMap((header) => headerValues(request, header)).filter((group) => group !== ''),
      ...(Object.keys(extra).length === 0 ? {} : { extra }),
    },
  }
}

/** Of a header that is repeated the first line counts. */
function firstValue(request: ApiRequest, headers: readonly string[]): string {
  for (const header of headers) {
    const [value = ''] = headerValues(request, header)
    if (value !== '') return value
  }
  return ''
}

function remoteExtra(request: ApiRequest, prefixes: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const extra = new Map<string, string[]>()
  for (const prefix of prefixes) {
    for (const header of Object.keys(request.headers)) {
      if (!header.startsWith(prefix)) continue
      const key = unescapeExtraKey(header.slice(prefix.length))
      extra.set(key, [...(extra.get(key) ?? []), ...headerValues(request, header)])
    }
  }
  return Object.fromEntries(extra)
}

/** Keys of `extra` are percent-decoded; one that does not decode is taken as it is. */
export function unescapeExtraKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch (error) {
    if (error instanceof URIError) return key
    throw error
  }
}

function lowerCase(headers: FrontProxyHeaders): FrontProxyHeaders {
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase())
  return {
    username: lower(headers.username),
    uid: lower(headers.uid),
    group: lower(headers.group),
    extraPrefix: lower(headers.extraPrefix),
  }
}
