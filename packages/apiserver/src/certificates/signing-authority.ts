import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type CertificateRequest, type DistinguishedName, nameValues, pemBlocks } from '@fairlead/apimachinery'
import type { Extension, JsonGeneralName, JsonNameParams } from '@peculiar/x509'
import { type Issuer, type KeyPair, openIssuer } from './issuer.ts'
import { keyUsagesOf } from './key-usages.ts'
import { signatureProblem } from './request-signature.ts'
import { loadX509, type X509Library } from './x509-library.ts'

/** What a certificate says beyond what its request asks for. */
export interface CertificateTerms {
  /** In the words of the certificates API. */
  readonly usages: readonly string[]
  /** Milliseconds since the epoch; parts of a second are cut off. */
  readonly notBefore: number
  readonly notAfter: number
}

/** An authority that signs what others ask for. */
export interface SigningAuthority {
  /** The last moment at which the authority itself is valid, in milliseconds since the epoch. */
  readonly notAfter: number
  /**
   * A certificate for the key of a request, PEM. It has the names that the request asks for and none of its other
   * extensions, and is no authority. Throws when the request is not signed with its key.
   */
  sign(request: CertificateRequest, terms: CertificateTerms): Promise<Uint8Array>
}

/** Throws when there is not exactly one certificate, or the key is not its. The library is loaded when something is signed. */
export function createSigningAuthority(pair: KeyPair): SigningAuthority {
  const blocks = pemBlocks(Buffer.from(pair.certificate)).filter(({ label }) => label === 'CERTIFICATE')
  if (blocks.length !== 1) throw new Error(`expected 1 certificate, found ${blocks.length}`)
  const certificate = new X509Certificate(pair.certificate)
  if (!certificate.checkPrivateKey(createPrivateKey(pair.key)))
    throw new Error('the key is not that of the certificate')
  let opened: Promise<Opened> | undefined
  return {
    notAfter: Date.parse(certificate.validTo),
    async sign(request, terms) {
      const problem = signatureProblem(request)
      if (problem !== undefined) throw new Error(`unable to verify certificate request signature: ${problem}`)
      opened ??= open(pair)
      return await signRequest(await opened, request, terms)
    },
  }
}

interface Opened {
  readonly library: X509Library
  readonly issuer: Issuer
}

async function open(pair: KeyPair): Promise<Opened> {
  const library = await loadX509()
  return { library, issuer: await openIssuer(library, pair) }
}

async function signRequest(
  { library, issuer }: Opened,
  request: CertificateRequest,
  { usages, notBefore, notAfter }: CertificateTerms,
): Promise<Uint8Array> {
  const { x509 } = library
  const certificate = await x509.X509CertificateGenerator.create({
    subject: new x509.Name(subjectOf(request.subject)),
    issuer: issuer.certificate.subjectName,
    publicKey: Buffer.from(request.publicKey),
    signingKey: issuer.key,
    notBefore: wholeSeconds(notBefore),
    notAfter: wholeSeconds(notAfter),
    signingAlgorithm: issuer.algorithm,
    extensions: extensionsOf(library, issuer, { request, usages }),
  })
  return Buffer.from(`${certificate.toString('pem')}\n`)
}

function extensionsOf(
  { x509 }: X509Library,
  issuer: Issuer,
  { request, usages }: { readonly request: CertificateRequest; readonly usages: readonly string[] },
): Extension[] {
  const { bits, extended } = keyUsagesOf(usages)
  const authorityKey = issuer.certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId
  const names = alternativeNames(request)
  const namesAreCritical = subjectOf(request.subject).length === 0
  return [
    ...(bits === 0 ? [] : [new x509.KeyUsagesExtension(bits, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...extended])]),
    new x509.BasicConstraintsExtension(false, undefined, true),
    ...(authorityKey === undefined ? [] : [new x509.AuthorityKeyIdentifierExtension(authorityKey)]),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names, namesAreCritical)]),
  ]
}

function alternativeNames(request: CertificateRequest): JsonGeneralName[] {
  const named = (type: JsonGeneralName['type'], values: readonly string[]): JsonGeneralName[] =>
    values.map((value) => ({ type, value }))
  return [
    ...named('dns', request.dnsNames),
    ...named('email', request.emailAddresses),
    ...named('ip', request.ipAddresses),
    ...named('url', request.uris),
  ]
}

/** C, O, OU, L, ST, street, postal code. Others, such as the uid of a user, are nobody's to ask for. */
const subjectTypes = ['2.5.4.6', '2.5.4.10', '2.5.4.11', '2.5.4.7', '2.5.4.8', '2.5.4.9', '2.5.4.17']
/** CN and serial number: the last one counts. */
const singleTypes = ['2.5.4.3', '2.5.4.5']

/**
 * The subject as upstream writes it anew, in the order of the types. The strings are given with their ASN.1 type, because
 * the library would interpret quotes and backslashes in bare ones.
 */
function subjectOf(subject: DistinguishedName): JsonNameParams {
  const last = (type: string) =>
    nameValues(subject, type)
      .slice(-1)
      .filter((value) => value !== '')
  const attributes = [
    ...subjectTypes.flatMap((type) => nameValues(subject, type).map((value) => ({ type, value }))),
    ...singleTypes.flatMap((type) => last(type).map((value) => ({ type, value }))),
  ]
  return attributes.map(({ type, value }) => ({ [type]: [directoryString(value)] }))
}

function directoryString(value: string): { printableString: string } | { utf8String: string } {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? { printableString: value } : { utf8String: value }
}

function wholeSeconds(time: number): Date {
  return new Date(Math.floor(time / 1000) * 1000)
}
