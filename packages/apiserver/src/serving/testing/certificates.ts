import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly certificate: string
  readonly key: string
}

/** A certificate authority that tests sign with. */
export interface TestAuthority extends TestCertificate {
  issue(options: IssueOptions): Promise<TestCertificate>
  /** Another authority that this one vouches for. */
  intermediate(commonName: string): Promise<TestAuthority>
}

export interface IssueOptions {
  /** Distinguished name in the library's JSON form, in order. */
  readonly subject: x509.JsonName
  readonly usage: 'client' | 'server'
  readonly notAfter?: Date
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const notBefore = new Date(Date.now() - 3_600_000)
const nextDay = new Date(Date.now() + 86_400_000)

/** Makes an authority with a P-256 key. */
export async function createTestAuthority(commonName: string): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    notBefore,
    notAfter: nextDay,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  return await authorityOf(root, keys)
}

async function authorityOf(root: x509.X509Certificate, keys: CryptoKeyPair): Promise<TestAuthority> {
  return {
    certificate: root.toString('pem'),
    key: await privateKeyPem(keys.privateKey),
    async intermediate(commonName) {
      const own = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
      const certificate = await x509.X509CertificateGenerator.create({
        subject: [{ CN: [commonName] }],
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        notBefore,
        notAfter: nextDay,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(true, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        ],
      })
      return await authorityOf(certificate, own)
    },
    async issue({ subject, usage, notAfter = nextDay }) {
      const own = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
      const leaf = await x509.X509CertificateGenerator.create({
        subject,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        notBefore: new Date(Math.min(notBefore.getTime(), notAfter.getTime() - 3_600_000)),
        notAfter,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.ExtendedKeyUsageExtension([
            usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
          ]),
          ...(usage === 'server'
            ? [
                new x509.SubjectAlternativeNameExtension([
                  { type: 'ip', value: '127.0.0.1' },
                  { type: 'dns', value: 'localhost' },
                ]),
              ]
            : []),
        ],
      })
      return { certificate: leaf.toString('pem'), key: await privateKeyPem(own.privateKey) }
    },
  }
}

type CryptoKeyPair = webcrypto.CryptoKeyPair

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}
