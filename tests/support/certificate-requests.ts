import { generateKeyPairSync, sign } from 'node:crypto'

export interface RequestSubject {
  readonly commonName?: string
  readonly organizations?: readonly string[]
  readonly dnsNames?: readonly string[]
  readonly uris?: readonly string[]
}

export interface TestCertificateRequest {
  /** PEM. */
  readonly request: string
  /** PEM. */
  readonly key: string
}

/** A certificate request with a new P-256 key, written without the library that the server uses. */
export function createCertificateRequest(subject: RequestSubject): TestCertificateRequest {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = sequence(
    element(0x02, Buffer.of(0)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa0, ...requestedExtensions(subject)),
  )
  const ecdsaWithSha256 = '2a8648ce3d040302'
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)])
  const der = sequence(body, sequence(identifier(ecdsaWithSha256)), element(0x03, signature))
  const base64 = der.toString('base64').replaceAll(/.{64}/g, (line) => `${line}\n`)
  return {
    request: `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function nameOf({ commonName, organizations = [] }: RequestSubject): Buffer {
  const attribute = (type: string, value: string) =>
    element(0x31, sequence(identifier(type), element(0x0c, Buffer.from(value))))
  return sequence(
    ...organizations.map((organization) => attribute('55040a', organization)),
    ...(commonName === undefined ? [] : [attribute('550403', commonName)]),
  )
}

/** One attribute with the alternative names, where there are any. */
function requestedExtensions({ dnsNames = [], uris = [] }: RequestSubject): readonly Buffer[] {
  const names = [
    ...dnsNames.map((name) => element(0x82, Buffer.from(name))),
    ...uris.map((name) => element(0x86, Buffer.from(name))),
  ]
  if (names.length === 0) return []
  const subjectAltName = sequence(identifier('551d11'), element(0x04, sequence(...names)))
  return [sequence(identifier('2a864886f70d01090e'), element(0x31, sequence(subjectAltName)))]
}

const sequence = (...parts: readonly Buffer[]) => element(0x30, ...parts)
const identifier = (hex: string) => element(0x06, Buffer.from(hex, 'hex'))

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}
