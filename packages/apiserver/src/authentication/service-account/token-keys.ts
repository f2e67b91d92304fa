import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** A key that signs tokens, or that their signatures are verified with. */
export interface TokenKey {
  /** Names the key in tokens without giving it away: the SHA-256 of its public part. */
  readonly id: string
  readonly algorithm: TokenAlgorithm
  readonly key: KeyObject
}

export type TokenAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'ES512'

const blockPattern = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g
const privateLabels: ReadonlySet<string> = new Set(['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY'])
const publicLabels: ReadonlySet<string> = new Set(['PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE'])

/** The first private key in a PEM file. Throws when there is none, or when it is neither RSA nor on a NIST curve. */
export function parseSigningKey(pem: string): TokenKey {
  const block = blocksOf(pem).find(({ label }) => privateLabels.has(label))
  if (block === undefined) throw new Error('data does not contain a valid RSA or ECDSA private key')
  return tokenKey(createPrivateKey(block.text))
}

/** The public keys in a PEM file, private keys and certificates included. Throws when there is none. */
export function parseVerificationKeys(pem: string): readonly TokenKey[] {
  const keys = blocksOf(pem).filter(({ label }) => privateLabels.has(label) || publicLabels.has(label))
  if (keys.length === 0) throw new Error('data does not contain any valid RSA or ECDSA public keys')
  return keys.map(({ text }) => tokenKey(createPublicKey(text)))
}

/** The key that verifies what `key` signs. */
export function verificationKey(key: TokenKey): TokenKey {
  return key.key.type === 'public' ? key : tokenKey(createPublicKey(key.key))
}

function tokenKey(key: KeyObject): TokenKey {
  const publicKey = key.type === 'public' ? key : createPublicKey(key)
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  return { id, algorithm: algorithmOf(key), key }
}

function algorithmOf(key: KeyObject): TokenAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case 'prime256v1':
      return 'ES256'
    case 'secp384r1':
      return 'ES384'
    case 'secp521r1':
      return 'ES512'
    default:
      throw new Error('unknown private key type, must be RSA or ECDSA on the curve P-256, P-384 or P-521')
  }
}

function blocksOf(pem: string): readonly { readonly label: string; readonly text: string }[] {
  return [...pem.matchAll(blockPattern)].map(([text, label = '']) => ({ label, text }))
}
