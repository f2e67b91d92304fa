import type { KeyObject, webcrypto } from 'node:crypto'
import type { X509Certificate } from '@peculiar/x509'
import type { X509Library } from './x509-library.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** An authority, ready to sign. */
export interface Issuer {
  readonly certificate: X509Certificate
  readonly key: webcrypto.CryptoKey
  readonly algorithm: webcrypto.Algorithm & { readonly hash?: string; readonly namedCurve?: string }
}

const curveHashes: Readonly<Record<string, readonly [curve: string, hash: string]>> = {
  prime256v1: ['P-256', 'SHA-256'],
  secp384r1: ['P-384', 'SHA-384'],
  secp521r1: ['P-521', 'SHA-512'],
}

/** Reads an authority whose key is of RSA, ECDSA or Ed25519, in any PEM form. Throws for other keys. */
export async function openIssuer({ x509, crypto, createPrivateKey }: X509Library, authority: KeyPair): Promise<Issuer> {
  const certificate = new x509.X509Certificate(authority.certificate)
  const privateKey = createPrivateKey(authority.key)
  const algorithm = signingAlgorithm(privateKey)
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  return { certificate, key: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']), algorithm }
}

function signingAlgorithm({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Issuer['algorithm'] {
  const curve = curveHashes[asymmetricKeyDetails?.namedCurve ?? '']
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' }
  if (asymmetricKeyType === 'ec' && curve !== undefined) return { name: 'ECDSA', namedCurve: curve[0], hash: curve[1] }
  throw new Error(`an authority cannot sign with a key of type ${asymmetricKeyType ?? 'unknown'}`)
}
