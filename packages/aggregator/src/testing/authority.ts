import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly certificate: string
  readonly key: string
}

export interface TestCertificateOptions {
  readonly commonName: string
  readonly usage: 'client' | 'server'
  /** DNS names and addresses; none makes a certificate with a common name only. */
  readonly names?: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
}

/** A certificate authority that tests sign with. */
export interface TestAuthority extends TestCertificate {
  issue(options: TestCertificateOptions): Promise<TestCertificate>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const hour = 3_600_000

/** Makes an authority that is valid for a day unless told. */
export async function createTestAuthority(
  commonName: string,
  notAfter: Date = new Date(Date.now() + 24 * hour),
): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - 48 * hour),
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  return {
    certificate: root.toString('pem'),
    key: await privateKeyPem(keys.privateKey),
    async issue(options) {
      const own = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
      const leaf = await x509.X509CertificateGenerator.create({
        subject: [{ CN: [options.commonName] }],
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        notBefore: options.notBefore ?? new Date(Date.now() - 24 * hour),
        notAfter: options.notAfter ?? new Date(Date.now() + 20 * hour),
        signingAlgorithm: algorithm,
        extensions: [
          new x509.ExtendedKeyUsageExtension([
            options.usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
          ]),
          ...(options.names
            ? [
                new x509.SubjectAlternativeNameExtension(
                  options.names.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
                ),
              ]
            : []),
        ],
      })
      return { certificate: leaf.toString('pem'), key: await privateKeyPem(own.privateKey) }
    },
  }
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}
