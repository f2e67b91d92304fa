import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority, issueCertificate } from './issue-certificate.ts'

const notBefore = new Date('2030-01-01T00:00:00Z')
const notAfter = new Date('2031-01-01T00:00:00Z')

test('keys are of P-256, in the form whose label tells so', async () => {
  const authority = await createAuthority('authority', notBefore, notAfter)
  const issued = await issueCertificate(authority, { commonName: 'me', usage: 'client', notBefore, notAfter })
  for (const { certificate, key } of [authority, issued]) {
    expect(key).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n[^-]+-----END EC PRIVATE KEY-----\n$/)
    expect(createPrivateKey(key).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true)
  }
})

test('an authority whose key was stored as PKCS#8 signs as well', async () => {
  const authority = await createAuthority('authority', notBefore, notAfter)
  const key = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'pem' }).toString()
  const options = { commonName: 'me', organizations: ['group'], usage: 'server', hosts: ['127.0.0.1', 'a.b'] } as const
  const issued = await issueCertificate({ ...authority, key }, { ...options, notBefore, notAfter })
  const certificate = new X509Certificate(issued.certificate)
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true)
  expect(certificate.subject).toBe('O=group\nCN=me')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.checkHost('a.b')).toBe('a.b')
})
