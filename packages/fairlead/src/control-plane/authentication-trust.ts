import { X509Certificate } from 'node:crypto'
import { type FrontProxyHeaders, parseCertificateAuthorities } from '@fairlead/apiserver'

/** What extension servers must know to recognise the users of this server. */
export interface AuthenticationTrust {
  /** PEM bundles. */
  readonly clientCa: string
  readonly frontProxyCa: string
  /** Empty means any name. */
  readonly allowedNames: readonly string[]
  readonly headers: FrontProxyHeaders
}

/** Data of the ConfigMap `extension-apiserver-authentication`. */
export type TrustData = Readonly<Record<string, string>>

const slack = 5 * 60 * 1000

/**
 * The ConfigMap's data with this server's share in it. What other servers have put there stays, so that authorities can
 * be changed one server after the other; authorities that have expired go. Throws when what is there cannot be read.
 */
export function mergeTrust(existing: TrustData, own: AuthenticationTrust, now: number): TrustData {
  const clientCa = mergeBundles(existing['client-ca-file'] ?? '', own.clientCa, now)
  const frontProxyCa = mergeBundles(existing['requestheader-client-ca-file'] ?? '', own.frontProxyCa, now)
  const names = (key: string, mine: readonly string[]) => mergeNames(existing[key] ?? '', mine)
  const uidHeaders = names('requestheader-uid-headers', own.headers.uid)
  return {
    ...(clientCa === '' ? {} : { 'client-ca-file': clientCa }),
    ...(frontProxyCa === ''
      ? {}
      : {
          'requestheader-allowed-names': json(names('requestheader-allowed-names', own.allowedNames)),
          'requestheader-client-ca-file': frontProxyCa,
          'requestheader-extra-headers-prefix': json(
            names('requestheader-extra-headers-prefix', own.headers.extraPrefix),
          ),
          'requestheader-group-headers': json(names('requestheader-group-headers', own.headers.group)),
          ...(uidHeaders.length === 0 ? {} : { 'requestheader-uid-headers': json(uidHeaders) }),
          'requestheader-username-headers': json(names('requestheader-username-headers', own.headers.username)),
        }),
  }
}

function json(names: readonly string[]): string {
  return JSON.stringify(names)
}

function mergeBundles(existing: string, own: string, now: number): string {
  const certificates = [existing, own].flatMap((pem) =>
    pem === '' ? [] : parseCertificateAuthorities(pem).certificates,
  )
  const current = certificates.filter((certificate) => Date.parse(certificate.validTo) > now - slack)
  const distinct = new Map(current.map((certificate) => [certificate.fingerprint256, certificate]))
  return [...distinct.values()].map((certificate: X509Certificate) => certificate.toString()).join('')
}

function mergeNames(existing: string, own: readonly string[]): readonly string[] {
  const found = existing === '' ? [] : (JSON.parse(existing) as unknown)
  if (!Array.isArray(found) || !found.every((name) => typeof name === 'string')) {
    throw new Error('a list of names in extension-apiserver-authentication is no JSON array of strings')
  }
  return [...new Set([...found, ...own])]
}
