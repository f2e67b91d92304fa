import { X509Certificate } from 'node:crypto'
import { isWildcardDns1123Subdomain, isDns1123Subdomain, parseIpAddress } from '@fairlead/apimachinery'
import { certificateSubject } from '../authentication/certificate-subject.ts'

/** The domains that a certificate (PEM) is for: its CN where that is one, and its alternative names. */
export function certificateNames(pem: string): readonly string[] {
  const certificate = new X509Certificate(pem)
  const { commonName } = certificateSubject(certificate.raw)
  const domains = (certificate.subjectAltName ?? '')
    .split(', ')
    .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []))
  return isDomain(commonName) ? [commonName, ...domains] : domains
}

function isDomain(name: string): boolean {
  if (name === '*') return true
  if (parseIpAddress(name) !== undefined) return false
  return (name.startsWith('*.') ? isWildcardDns1123Subdomain(name) : isDns1123Subdomain(name)).length === 0
}
