import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type CertificateRequest, derContent, derElements, derObjectIdentifier, derTag } from '@fairlead/apimachinery'

interface SignatureAlgorithm {
  readonly key: 'rsa' | 'ec' | 'ed25519'
  /** Ed25519 brings its own. */
  readonly hash?: string
  readonly padding?: number
}

const rsa = (hash: string): SignatureAlgorithm => ({ key: 'rsa', hash })
const ecdsa = (hash: string): SignatureAlgorithm => ({ key: 'ec', hash })

/** By object identifier. SHA-1 counts in requests, where nobody but the requester could have forged it. */
const algorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.5': rsa('sha1'),
  '1.2.840.113549.1.1.11': rsa('sha256'),
  '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'),
  '1.2.840.10045.4.1': ecdsa('sha1'),
  '1.2.840.10045.4.3.2': ecdsa('sha256'),
  '1.2.840.10045.4.3.3': ecdsa('sha384'),
  '1.2.840.10045.4.3.4': ecdsa('sha512'),
  '1.3.101.112': { key: 'ed25519' },
}

const rsaPss = '1.2.840.113549.1.1.10'
/** The hashes of RSASSA-PSS by object identifier, where mask and salt are of the same hash. */
const pssHashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const keyNames = { rsa: 'RSA', ec: 'ECDSA', ed25519: 'Ed25519' } as const
const failures = {
  rsa: 'crypto/rsa: verification error',
  ec: 'x509: ECDSA verification failure',
  ed25519: 'x509: Ed25519 verification failure',
} as const

/** Why a request is not signed with the key that it is for, in upstream's words; undefined when it is. */
export function signatureProblem(request: CertificateRequest): string | undefined {
  const algorithm = signatureAlgorithm(request)
  const key = publicKey(request)
  if (algorithm === undefined || key === undefined) return 'x509: cannot verify signature: algorithm unimplemented'
  if (key.asymmetricKeyType !== algorithm.key) {
    return `x509: signature algorithm specifies an ${keyNames[algorithm.key]} public key, but have public key of type ${key.asymmetricKeyType}`
  }
  const { padding } = algorithm
  const target = padding === undefined ? key : { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  const isGood = verify(algorithm.hash, request.signedBytes, target, request.signature)
  return isGood ? undefined : failures[algorithm.key]
}

function signatureAlgorithm({ signatureAlgorithm: identifier }: CertificateRequest): SignatureAlgorithm | undefined {
  const [type, parameters] = derElements(derContent(identifier, derTag.sequence))
  const name = derObjectIdentifier(type)
  if (name !== rsaPss) return algorithms[name]
  const [hashField] = derElements(derContent(parameters, derTag.sequence))
  const [hash] = derElements(derContent(hashField, 0xa0))
  const [hashName] = derElements(derContent(hash, derTag.sequence))
  const found = pssHashes[derObjectIdentifier(hashName)]
  return found === undefined ? undefined : { ...rsa(found), padding: constants.RSA_PKCS1_PSS_PADDING }
}

/** Undefined for a key that the crypto library cannot read. */
function publicKey(request: CertificateRequest): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(request.publicKey), type: 'spki', format: 'der' })
  } catch {
    return undefined
  }
}
