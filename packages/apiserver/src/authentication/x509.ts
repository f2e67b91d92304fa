import { createHash, type X509Certificate } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import type { PeerCertificate } from '../request/api-request.ts'
import type { AuthenticatedRequest, RequestAuthenticator } from './authenticator.ts'
import { type CertificateAuthorities, checkIssuedBy } from './certificate-authorities.ts'
import { certificateSubject } from './certificate-subject.ts'
import { credentialIdKey } from './well-known-users.ts'

/** What x509 authentication is told. */
export interface X509Options {
  readonly clock: Clock
  /** Who may sign the certificates of users; whoever the listener trusts, unless told. */
  readonly authorities?: () => CertificateAuthorities
}

interface Known {
  readonly identity: AuthenticatedRequest | undefined
  readonly expires: number
  /** The bundle that the certificate was checked against. */
  readonly authorities: CertificateAuthorities | undefined
}

/**
 * Recognises the holder of a client certificate: CN is the user, every O a group. A chain that does not verify, or a
 * certificate that has meanwhile expired, is an error. A certificate without a CN names nobody. The certificate is read
 * once per connection, and again when the authorities have changed.
 */
export function authenticateX509({ clock, authorities }: X509Options): RequestAuthenticator {
  const known = new WeakMap<PeerCertificate, Known>()
  return async (request) => {
    const peer = request.peerCertificate
    if (peer === undefined) return undefined
    if (peer.verificationError !== undefined) {
      throw new Error(`the client certificate does not verify: ${peer.verificationError}`)
    }
    const bundle = authorities?.()
    let entry = known.get(peer)
    if (entry === undefined || entry.authorities !== bundle) {
      if (bundle !== undefined) checkIssuedBy(peer, bundle, clock.now())
      entry = {
        identity: readIdentity(peer.certificate),
        expires: Date.parse(peer.certificate.validTo),
        authorities: bundle,
      }
      known.set(peer, entry)
    }
    if (clock.now() > entry.expires) throw new Error('the client certificate has expired')
    return entry.identity
  }
}

function readIdentity(certificate: X509Certificate): AuthenticatedRequest | undefined {
  const subject = certificateSubject(certificate.raw)
  if (subject.commonName === '') return undefined
  if (subject.uids.length > 1) throw new Error('the client certificate has more than one uid')
  const [uid] = subject.uids
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex')
  return {
    user: {
      name: subject.commonName,
      groups: subject.organizations,
      ...(uid === undefined ? {} : { uid }),
      extra: { [credentialIdKey]: [`X509SHA256=${fingerprint}`] },
    },
  }
}
