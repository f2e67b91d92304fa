import { describe, expect, test } from 'vitest'
import { signatureProblem } from './request-signature.ts'
import { createParsedRequest, keyTypes } from './testing/certificate-requests.ts'

describe.each(Object.keys(keyTypes) as (keyof typeof keyTypes)[])('a request with a key of type %s', (key) => {
  test('is signed with it', async () => {
    expect(signatureProblem(await createParsedRequest({ key }))).toBeUndefined()
  })

  test('is refused with the signature of another one', async () => {
    const [request, other] = await Promise.all([createParsedRequest({ key }), createParsedRequest({ key })])
    const failure = key.startsWith('RSA')
      ? 'crypto/rsa: verification error'
      : key.startsWith('P-')
        ? 'x509: ECDSA verification failure'
        : 'x509: Ed25519 verification failure'
    expect(signatureProblem({ ...request, signature: other.signature })).toBe(failure)
    expect(signatureProblem({ ...request, publicKey: other.publicKey })).toBe(failure)
    expect(signatureProblem({ ...request, signature: new Uint8Array() })).toBe(failure)
  })
})

test('the algorithm of the signature must be that of the key', async () => {
  const [request, other] = await Promise.all([createParsedRequest(), createParsedRequest({ key: 'RSA' })])
  expect(signatureProblem({ ...request, publicKey: other.publicKey })).toBe(
    'x509: signature algorithm specifies an ECDSA public key, but have public key of type rsa',
  )
})

test('what nobody can verify is refused', async () => {
  const request = await createParsedRequest()
  const unimplemented = 'x509: cannot verify signature: algorithm unimplemented'
  expect(signatureProblem({ ...request, publicKey: new Uint8Array() })).toBe(unimplemented)
  // md5WithRSAEncryption
  const md5 = Buffer.from('300d06092a864886f70d0101040500', 'hex')
  const signatureAlgorithm = { tag: 0x30, content: md5.subarray(2), encoding: md5 }
  expect(signatureProblem({ ...request, signatureAlgorithm })).toBe(unimplemented)
})
