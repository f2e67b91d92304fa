import { X509Certificate } from 'node:crypto'
import type { PeerCertificate } from '../request/api-request.ts'

/** A bundle of certificate authorities. It never changes; a bundle that is read again is another object. */
export interface CertificateAuthorities {
  readonly pem: string
  readonly certificates: readonly X509Certificate[]
}

/** Reads a PEM bundle; what stands between the certificates is passed over. Throws when it holds none. */
export function parseCertificateAuthorities(pem: string): CertificateAuthorities {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new Error('data does not contain any valid RSA or ECDSA certificates')
  return { pem, certificates: blocks.map((block) => new X509Certificate(block)) }
}

/** More than any chain in use has, so that certificates that issue each other end somewhere. */
const longestChain = 8

/**
 * Checks that a certificate comes from one of `authorities`. The handshake has verified the chain (time, usage,
 * signatures) against all authorities that the listener trusts, which is not enough where authorities are trusted for
 * different things: the chain must also lead to one of these. Throws with the reason.
 */
export function checkIssuedBy(peer: PeerCertificate, authorities: CertificateAuthorities, now: number): void {
  if (peer.verificationError !== undefined) throw failure(peer.certificate, peer.verificationError)
  const sent = sentCertificates(peer.certificate)
  let current = peer.certificate
  for (let length = 0; length < longestChain; length++) {
    if (!isCurrent(current, now)) {
      throw failure(current, 'x509: certificate has expired or is not yet valid')
    }
    const anchor = authorities.certificates.find((authority) => issued(authority, current))
    if (anchor !== undefined) {
      if (!isCurrent(anchor, now)) throw failure(anchor, 'x509: certificate has expired or is not yet valid')
      return
    }
    const below = current
    const next = sent.find((certificate) => certificate.ca && issued(certificate, below))
    if (next === undefined) break
    current = next
  }
  throw failure(peer.certificate, 'x509: certificate signed by unknown authority')
}

/** What the client sent beside its own certificate. */
function sentCertificates(leaf: X509Certificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  for (let next = leaf.issuerCertificate; next !== undefined && chain.length < longestChain; ) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}

function issued(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

function isCurrent(certificate: X509Certificate, now: number): boolean {
  return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo)
}

function failure(certificate: X509Certificate, reason: string): Error {
  return new Error(`verifying certificate SN=${BigInt(`0x${certificate.serialNumber}`)} failed: ${reason}`)
}
