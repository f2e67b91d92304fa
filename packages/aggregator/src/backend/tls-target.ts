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

/** The part of an APIService that decides how its server is checked. */
export interface TlsSpec {
  readonly service: { readonly namespace: string; readonly name: string }
  readonly caBundle?: string
  readonly insecureSkipTlsVerify: boolean
}

/** The target of an APIService's Service. Throws, with the text of the response, for a bundle that cannot be used. */
export function tlsTarget({ service, caBundle, insecureSkipTlsVerify }: TlsSpec, serverName?: string): TlsTarget {
  if (caBundle !== undefined && insecureSkipTlsVerify) {
    throw new Error('specifying a root certificates file with the insecure flag is not allowed')
  }
  if (caBundle !== undefined) parseCertificateBundle(caBundle)
  return {
    serverName: serverName ?? `${service.name}.${service.namespace}.svc`,
    ...(caBundle === undefined ? {} : { caBundle }),
    insecureSkipTlsVerify,
  }
}
