import { KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import type * as X509 from '@peculiar/x509'
import { beforeAll, describe, expect, test } from 'vitest'
import { certificateSubject } from '../authentication/certificate-subject.ts'
import { createAuthority } from './issue-certificate.ts'
import type { KeyPair } from './issuer.ts'
import { createSigningAuthority } from './signing-authority.ts'
import { createParsedRequest, keyTypes, type RequestOptions } from './testing/certificate-requests.ts'
import { loadX509 } from './x509-library.ts'

const start = Date.UTC(2030, 0, 1)
const end = Date.UTC(2040, 0, 1)
const terms = {
  usages: ['client auth', 'digital signature'],
  notBefore: Date.UTC(2031, 0, 1) + 1,
  notAfter: Date.UTC(2031, 6, 1) + 999,
}

let x509: typeof X509
let authority: KeyPair
beforeAll(async () => {
  ;({ x509 } = await loadX509())
  authority = await createAuthority('fairlead', new Date(start), new Date(end))
})

async function signed(options: RequestOptions = {}, usages: readonly string[] = terms.usages) {
  const pem = await createSigningAuthority(authority).sign(await createParsedRequest(options), { ...terms, usages })
  return { pem: Buffer.from(pem).toString(), certificate: new X509Certificate(Buffer.from(pem)) }
}

describe('a certificate', () => {
  test('is one PEM block that the authority has signed, for the key of the request', async () => {
    const request = await createParsedRequest()
    const signing = createSigningAuthority(authority)
    const pem = Buffer.from(await signing.sign(request, terms)).toString()
    const certificate = new X509Certificate(pem)
    const issuer = new X509Certificate(authority.certificate)
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----\n$/)
    expect(certificate.verify(issuer.publicKey)).toBe(true)
    expect(certificate.checkIssued(issuer)).toBe(true)
    expect(certificate.publicKey.export({ type: 'spki', format: 'der' })).toEqual(Buffer.from(request.publicKey))
    expect(certificate.ca).toBe(false)
    expect([certificate.validFrom, certificate.validTo].map((time) => Date.parse(time))).toEqual([
      terms.notBefore - 1,
      terms.notAfter - 999,
    ])
    expect(signing.notAfter).toBe(end)
  })

  test('says what it may be used for', async () => {
    const { certificate } = await signed({}, ['server auth', 'client auth', 'digital signature', 'key encipherment'])
    const read = new x509.X509Certificate(certificate.raw)
    expect(read.getExtension(x509.KeyUsagesExtension)).toMatchObject({ usages: 5, critical: true })
    expect(read.getExtension(x509.ExtendedKeyUsageExtension)).toMatchObject({
      usages: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      critical: false,
    })
    expect(read.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true })
    const issuer = new x509.X509Certificate(authority.certificate)
    expect(read.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(
      issuer.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    )
  })

  test('without usages of a sort has no such extension', async () => {
    const { certificate } = await signed({}, ['client auth'])
    expect(new x509.X509Certificate(certificate.raw).getExtension(x509.KeyUsagesExtension)).toBeNull()
  })

  test('has the names of the request', async () => {
    const { certificate } = await signed({
      names: [
        { type: 'url', value: 'spiffe://a/b' },
        { type: 'ip', value: '2001:db8::1' },
        { type: 'email', value: 'x@example.com' },
        { type: 'ip', value: '10.0.0.1' },
        { type: 'dns', value: 'a.example.com' },
        { type: 'dns', value: 'b' },
      ],
    })
    expect(certificate.subjectAltName).toBe(
      'DNS:a.example.com, DNS:b, email:x@example.com, IP Address:2001:DB8:0:0:0:0:0:1, IP Address:10.0.0.1, URI:spiffe://a/b',
    )
  })

  test('without a subject has critical names', async () => {
    const { certificate } = await signed({ subject: [], names: [{ type: 'dns', value: 'a' }] })
    expect(certificate.subject).toBe(undefined)
    const names = new x509.X509Certificate(certificate.raw).getExtension(x509.SubjectAlternativeNameExtension)
    expect(names?.critical).toBe(true)
  })

  test('has the subject of the request in the order of its types, and no other attributes', async () => {
    const text = (utf8String: string) => ({ utf8String })
    const { certificate } = await signed({
      subject: [
        { CN: [text('first')] },
        { O: [text('b')] },
        { O: [text('a')] },
        { CN: [text('jane')] },
        { '1.3.6.1.4.1.57683.2': [text('uid of root')] },
        { OU: [text('unit')] },
      ],
    })
    expect(certificateSubject(certificate.raw)).toEqual({ commonName: 'jane', organizations: ['b', 'a'], uids: [] })
    expect(certificate.subject).toBe('O=b\nO=a\nOU=unit\nCN=jane')
  })

  test.each([
    'x"system:masters"',
    '"system:masters"',
    '#0c0e73797374656d3a6d617374657273',
    'a\\2cb',
    'a, CN=b',
    'ä+O=b',
  ])('takes the organization %j as it is', async (organization) => {
    const { certificate } = await signed({ subject: [{ O: [{ utf8String: organization }] }] })
    expect(certificateSubject(certificate.raw).organizations).toEqual([organization])
  })

  test('a request that is not signed with its key gets none', async () => {
    const [request, other] = await Promise.all([createParsedRequest(), createParsedRequest()])
    await expect(
      createSigningAuthority(authority).sign({ ...request, signature: other.signature }, terms),
    ).rejects.toThrow('unable to verify certificate request signature: x509: ECDSA verification failure')
  })
})

describe('an authority', () => {
  /** Written in another way than the library would write it. */
  const unusualName = () => new x509.Name([{ CN: [{ utf8String: 'plain' }] }, { O: [{ ia5String: 'b' }] }])

  async function authorityWith(type: keyof typeof keyTypes, encoding: 'pkcs8' | 'pkcs1' | 'sec1'): Promise<KeyPair> {
    const algorithm = keyTypes[type]
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: unusualName(),
      keys,
      notBefore: new Date(start),
      notAfter: new Date(end),
      signingAlgorithm: algorithm,
    })
    const key = KeyObject.from(keys.privateKey)
      .export({ type: encoding as 'pkcs8', format: 'pem' })
      .toString()
    return { certificate: certificate.toString('pem'), key }
  }

  test.each([
    ['RSA', 'pkcs1'],
    ['RSA', 'pkcs8'],
    ['P-256', 'sec1'],
    ['P-384', 'pkcs8'],
    ['P-521', 'sec1'],
    ['Ed25519', 'pkcs8'],
  ] as const)('with a key of %s in %s signs, and its name stays byte for byte', async (type, encoding) => {
    const pair = await authorityWith(type, encoding)
    const pem = await createSigningAuthority(pair).sign(await createParsedRequest(), terms)
    const certificate = new X509Certificate(Buffer.from(pem))
    const issuer = new X509Certificate(pair.certificate)
    expect(certificate.verify(issuer.publicKey)).toBe(true)
    expect(certificate.checkIssued(issuer)).toBe(true)
    const name = Buffer.from(unusualName().toArrayBuffer())
    expect(issuer.raw.includes(name)).toBe(true)
    expect(certificate.raw.includes(name)).toBe(true)
    // Without an identifier of its key, certificates have none of it either.
    expect(new x509.X509Certificate(certificate.raw).getExtension(x509.AuthorityKeyIdentifierExtension)).toBeNull()
  })

  test('is one certificate with its key', async () => {
    const other = await createAuthority('other', new Date(start), new Date(end))
    expect(() => createSigningAuthority({ ...authority, key: other.key })).toThrow(
      'the key is not that of the certificate',
    )
    const certificate = `${authority.certificate}\n${other.certificate}`
    expect(() => createSigningAuthority({ ...authority, certificate })).toThrow('expected 1 certificate, found 2')
    expect(() => createSigningAuthority({ ...authority, certificate: '' })).toThrow('expected 1 certificate, found 0')
  })
})
