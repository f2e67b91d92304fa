import { formatIpAddress } from '../validation/ip-address.ts'
import {
  type DerElement,
  derBits,
  derContent,
  derElement,
  derElements,
  derObjectIdentifier,
  derTag,
  latin1,
} from './der.ts'
import { type DistinguishedName, readDistinguishedName } from './distinguished-name.ts'
import { pemBlocks } from './pem.ts'
import { X509SyntaxError } from './syntax-error.ts'

/** A PKCS #10 certificate signing request. */
export interface CertificateRequest extends AlternativeNames {
  readonly subject: DistinguishedName
  /** A SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  readonly isRsa: boolean
  /** The bytes that are signed with the key. */
  readonly signedBytes: Uint8Array
  /** An AlgorithmIdentifier, DER. */
  readonly signatureAlgorithm: DerElement
  readonly signature: Uint8Array
}

/** The names that a request asks for beside its subject. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly uris: readonly string[]
}

const attributesTag = 0xa0
const extensionRequest = '1.2.840.113549.1.9.14'
const subjectAltName = '2.5.29.17'
const rsaEncryption = '1.2.840.113549.1.1.1'

/** The request in a PEM block. Its signature is not verified. Throws an X509SyntaxError. */
export function parseCertificateRequest(pem: Uint8Array): CertificateRequest {
  const [block] = pemBlocks(pem)
  if (block?.label !== 'CERTIFICATE REQUEST') throw new X509SyntaxError('PEM block type must be CERTIFICATE REQUEST')
  const [body, signatureAlgorithm, signature] = sequence(derElement(block.bytes))
  if (body === undefined || signatureAlgorithm === undefined) {
    throw new X509SyntaxError('asn1: structure error: sequence truncated')
  }
  const [, subject, publicKey, attributes] = sequence(body)
  const [keyAlgorithm] = sequence(publicKey)
  return {
    subject: readDistinguishedName(subject),
    ...readAlternativeNames(attributes),
    publicKey: publicKey?.encoding ?? new Uint8Array(),
    isRsa: derObjectIdentifier(sequence(keyAlgorithm)[0]) === rsaEncryption,
    signedBytes: body.encoding,
    signatureAlgorithm,
    signature: derBits(signature),
  }
}

function sequence(element: DerElement | undefined): readonly DerElement[] {
  return derElements(derContent(element, derTag.sequence))
}

/** The attributes may be missing altogether. */
function readAlternativeNames(attributes: DerElement | undefined): AlternativeNames {
  const extensions = attributes === undefined ? [] : requestedExtensions(derContent(attributes, attributesTag))
  const seen = new Set<string>()
  let names: AlternativeNames = { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] }
  for (const extension of extensions) {
    const parts = sequence(extension)
    const type = derObjectIdentifier(parts[0])
    if (seen.has(type)) throw new X509SyntaxError('x509: certificate request contains duplicate requested extensions')
    seen.add(type)
    if (type === subjectAltName) names = generalNames(derContent(parts.at(-1), derTag.octetString))
  }
  return names
}

function requestedExtensions(attributes: Uint8Array): readonly DerElement[] {
  return derElements(attributes).flatMap((attribute) => {
    const [type, values] = sequence(attribute)
    if (derObjectIdentifier(type) !== extensionRequest) return []
    const [extensions] = derElements(derContent(values, derTag.set))
    return sequence(extensions)
  })
}

/** Names of other types are ignored. */
function generalNames(der: Uint8Array): AlternativeNames {
  const names = sequence(derElement(der))
  const texts = (tag: number, type: string) =>
    names.filter((name) => name.tag === tag).map(({ content }) => asciiText(content, type))
  return {
    dnsNames: texts(0x82, 'dNSName'),
    emailAddresses: texts(0x81, 'rfc822Name'),
    ipAddresses: names.filter(({ tag }) => tag === 0x87).map(({ content }) => addressText(content)),
    uris: texts(0x86, 'uniformResourceIdentifier'),
  }
}

function asciiText(bytes: Uint8Array, type: string): string {
  if (bytes.some((byte) => byte > 0x7f)) throw new X509SyntaxError(`x509: SAN ${type} is malformed`)
  return latin1(bytes)
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length === 16) return formatIpAddress([...bytes])
  throw new X509SyntaxError(`x509: cannot parse IP address of length ${bytes.length}`)
}
