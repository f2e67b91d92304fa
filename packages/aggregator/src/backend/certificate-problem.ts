import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Clock } from '@fairlead/apimachinery'
import type { PresentedCertificate } from './backend.ts'

type HandshakenSocket = Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerCertificate'>

/**
 * Why the certificate that a server presented is not to be trusted, in upstream's words (behind `x509: `), which
 * runbooks search for. Undefined when it is good for `serverName`. The common name counts for nothing.
 */
export function certificateProblem(socket: HandshakenSocket, serverName: string, clock: Clock): string | undefined {
  const peer = socket.getPeerCertificate()
  if (!socket.authorized) return chainProblem(String(socket.authorizationError), peer, clock.now())
  return nameProblem(serverName, peer)
}

function chainProblem(code: string, peer: PeerCertificate, now: number): string {
  if (code === 'CERT_HAS_EXPIRED') {
    return `certificate has expired or is not yet valid: current time ${instant(now)} is after ${instant(Date.parse(peer.valid_to))}`
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return `certificate has expired or is not yet valid: current time ${instant(now)} is before ${instant(Date.parse(peer.valid_from))}`
  }
  if (code === 'INVALID_PURPOSE') return 'certificate specifies an incompatible key usage'
  return 'certificate signed by unknown authority'
}

/** Why a certificate is not good for a name. */
function nameProblem(name: string, certificate: PeerCertificate): string | undefined {
  const names = alternativeNames(certificate)
  if (names.length > 0) {
    if (checkServerIdentity(name, certificate) === undefined) return undefined
    return `certificate is valid for ${names.join(', ')}, not ${name}`
  }
  const commonName = certificate.subject?.CN
  return typeof commonName === 'string' && hostName.test(commonName)
    ? 'certificate relies on legacy Common Name field, use SANs instead'
    : `certificate is not valid for any names, but wanted to match ${name}`
}

const hostName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i

/** What a certificate says of itself. */
export function describeCertificate(certificate: PeerCertificate): PresentedCertificate {
  return {
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    names: alternativeNames(certificate),
    notAfter: Date.parse(certificate.valid_to),
    signedWithSha1: sha1Signatures.some((algorithm) => certificate.raw?.includes(algorithm)),
  }
}

/** DER of the object identifiers sha1WithRSAEncryption, dsa-with-sha1 and ecdsa-with-SHA1. */
const sha1Signatures = ['06092a864886f70d010105', '06072a8648ce380403', '06072a8648ce3d0401'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

function nameText(name: PeerCertificate['subject'] | undefined): string {
  return Object.entries(name ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',')
}

function alternativeNames({ subjectaltname }: PeerCertificate): readonly string[] {
  if (!subjectaltname) return []
  return subjectaltname
    .split(/,\s*/)
    .map((entry) => /^(?:DNS|IP Address):(.*)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined)
}

function instant(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
