import type { CertificateRequest } from '@fairlead/apimachinery'

/** The authority that signs the certificates of a cluster. */
export interface ClusterSigning {
  /** The longest that a certificate is valid, in milliseconds. */
  readonly longestDuration: number
  /** The authority of the moment: its files may change while the cluster runs. */
  authority(): ClusterAuthority
}

export interface ClusterAuthority {
  /** The last moment at which the authority itself is valid, in milliseconds since the epoch. */
  readonly notAfter: number
  /** A certificate as PEM. Throws when the request is not signed with its own key. */
  sign(request: CertificateRequest, terms: CertificateTerms): Promise<Uint8Array>
}

/** What a certificate says beyond what its request asks for. Times in milliseconds since the epoch. */
export interface CertificateTerms {
  readonly usages: readonly string[]
  readonly notBefore: number
  readonly notAfter: number
}
