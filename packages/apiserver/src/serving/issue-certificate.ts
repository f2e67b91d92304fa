import type { webcrypto } from 'node:crypto'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

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
  const { x509, crypto, createPrivateKey } = await loadX509()
  const issuer = new x509.X509Certificate(authority.certificate)
  const authorityKey = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' })
  const signingKey = await crypto.subtle.importKey('pkcs8', authorityKey, algorithm, false, ['sign'])
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([
      options.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
    ]),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ...(options.hosts?.length
      ? [new x509.SubjectAlternativeNameExtension(options.hosts.map((host) => ({ type: hostType(host), value: host })))]
      : []),
  ]
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [
      ...(options.organizations ?? []).map((organization) => ({ O: [organization] })),
      { CN: [options.commonName] },
    ],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    notBefore: options.notBefore,
    notAfter: options.notAfter,
    signingAlgorithm: algorithm,
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

/** The X.509 library is heavy and wanted only when a certificate must be made. It needs the reflection polyfill first. */
async function loadX509() {
  await import('reflect-metadata')
  const [x509, { webcrypto: crypto, createPrivateKey }] = await Promise.all([
    import('@peculiar/x509'),
    import('node:crypto'),
  ])
  x509.cryptoProvider.set(crypto as never)
  return { x509, crypto, createPrivateKey }
}
