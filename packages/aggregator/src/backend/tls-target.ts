import { parseCertificateBundle } from './certificate-bundle.ts'

/** A certificate and its key, PEM. */
export interface ClientCertificate {
  readonly certificate: string
  readonly key: string
}

/** How the certificate of a server is checked. */
export interface TlsTarget {
  /** The name that the server's certificate must carry, and that is sent as SNI. */
  readonly serverName: string
  /** PEM; absent means the roots that the system trusts. */
  readonly caBundle?: string
  readonly insecureSkipTlsVerify: boolean
}

/** Looks at a target. Throws, with the text of the response, for a bundle that cannot be used. */
export function tlsTarget(target: TlsTarget): TlsTarget {
  const { caBundle, insecureSkipTlsVerify } = target
  if (caBundle !== undefined && insecureSkipTlsVerify) {
    throw new Error('specifying a root certificates file with the insecure flag is not allowed')
  }
  if (caBundle !== undefined) parseCertificateBundle(caBundle)
  return target
}
