import { commonNameOf, X509SyntaxError, nameValues, organizationsOf, parseCertificates } from '@fairlead/apimachinery'

/** What a certificate's subject says about its holder. */
export interface CertificateSubject {
  /** Empty when there is none; the last one when there are several. */
  readonly commonName: string
  /** In order, repetitions included. */
  readonly organizations: readonly string[]
  readonly uids: readonly string[]
}

const uid = '1.3.6.1.4.1.57683.2'

/** Reads the subject of a certificate. Throws X509SyntaxError. */
export function certificateSubject(der: Uint8Array): CertificateSubject {
  const [certificate] = parseCertificates(der)
  if (certificate === undefined) throw new X509SyntaxError('no certificate')
  const { subject } = certificate
  return {
    commonName: commonNameOf(subject),
    organizations: organizationsOf(subject),
    uids: nameValues(subject, uid),
  }
}
