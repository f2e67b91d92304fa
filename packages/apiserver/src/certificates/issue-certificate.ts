import type { webcrypto } from 'node:crypto'
import { type KeyPair, openIssuer } from './issuer.ts'
import { loadX509 } from './x509-library.ts'

export interface IssueOptions {
  readonly commonName: string
  /** O of the subject, which the server reads as groups. */
  readonly organizations?: readonly string[]
  readonly usage: 'server' | 'client'
  /** DNS names and IP addresses of a server. */
  readonly hosts?: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Makes a self-signed certificate authority. P-256: an RSA key would take hundreds of milliseconds to make. */
export async function createAuthority(commonName: string, notBefore: Date, notAfter: Date): Promise<KeyPair> {
  const { x509, crypto } = await loadX509()
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) }
}

/** Makes a key and has `authority` sign a certificate for it. */
export async function issueCertificate(authority: KeyPair, options: IssueOptions): Promise<KeyPair> {
  const library = await loadX509()
  const { x509, crypto } = library
  const issuer = await openIssuer(library, authority)
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([
      options.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
    ]),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
    ...(options.hosts?.length
      ? [new x509.SubjectAlternativeNameExtension(options.hosts.map((host) => ({ type: hostType(host), value: host })))]
      : []),
  ]
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [
      ...(options.organizations ?? []).map((organization) => ({ O: [organization] })),
      { CN: [options.commonName] },
    ],
    issuer: issuer.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: issuer.key,
    notBefore: options.notBefore,
    notAfter: options.notAfter,
    signingAlgorithm: issuer.algorithm,
    extensions,
  })
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) }
}

function hostType(host: string): 'ip' | 'dns' {
  return /^[0-9.]+$/.test(host) || host.includes(':') ? 'ip' : 'dns'
}

/** `EC PRIVATE KEY`, by whose label Java clients know that the key is no RSA key. */
async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const { KeyObject } = await import('node:crypto')
  return KeyObject.from(key).export({ type: 'sec1', format: 'pem' }).toString()
}
