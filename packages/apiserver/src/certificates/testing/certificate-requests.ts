import type { webcrypto } from 'node:crypto'
import { type CertificateRequest, parseCertificateRequest } from '@fairlead/apimachinery'
import type { JsonGeneralName, JsonNameParams } from '@peculiar/x509'
import { loadX509 } from '../x509-library.ts'

export interface RequestOptions {
  readonly subject?: JsonNameParams
  readonly names?: readonly JsonGeneralName[]
  readonly key?: keyof typeof keyTypes
}

/** The keys that requests are made with. */
export const keyTypes = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  Ed25519: { name: 'Ed25519' },
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
  'RSA-PSS': {
    name: 'RSA-PSS',
    hash: 'SHA-256',
    saltLength: 32,
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const

/** A signed request, PEM. */
export async function createRequest({ subject, names = [], key = 'P-256' }: RequestOptions = {}): Promise<string> {
  const { x509, crypto } = await loadX509()
  const algorithm = keyTypes[key]
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(subject ?? [{ CN: [{ utf8String: 'jane' }] }]),
    keys,
    signingAlgorithm: algorithm,
    extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])],
  })
  return request.toString('pem')
}

export async function createParsedRequest(options: RequestOptions = {}): Promise<CertificateRequest> {
  return parseCertificateRequest(Buffer.from(await createRequest(options)))
}
