import { type DerElement, derContent, derElements, derTag, latin1 } from './der.ts'
import { type DistinguishedName, readDistinguishedName } from './distinguished-name.ts'
import { X509SyntaxError } from './syntax-error.ts'

/** What this project reads of a certificate. Nothing is verified. */
export interface Certificate {
  readonly subject: DistinguishedName
  /** The last moment at which it is valid, in milliseconds since the epoch. */
  readonly notAfter: number
}

const explicitVersion = 0xa0

/** The certificates that follow each other in `der`. Throws X509SyntaxError. */
export function parseCertificates(der: Uint8Array): readonly Certificate[] {
  return derElements(der).map(readCertificate)
}

function readCertificate(element: DerElement): Certificate {
  const [body] = derElements(derContent(element, derTag.sequence))
  const fields = derElements(derContent(body, derTag.sequence))
  // After the version: serial number, signature algorithm, issuer, validity, subject.
  const [, , , validity, subject] = fields[0]?.tag === explicitVersion ? fields.slice(1) : fields
  const [, notAfter] = derElements(derContent(validity, derTag.sequence))
  return { subject: readDistinguishedName(subject), notAfter: readTime(notAfter) }
}

/** Years of two digits are those from 1950 to 2049. */
function readTime(element: DerElement | undefined): number {
  const text = latin1(element?.content ?? new Uint8Array())
  const [, year = '', rest = ''] = timePattern(element).exec(text) ?? []
  const century = year.length === 4 ? '' : Number(year) < 50 ? '20' : '19'
  const [month, day, hour, minute, second] = rest.match(/../g) ?? []
  const time = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(time)) throw new X509SyntaxError(`asn1: syntax error: no time: ${JSON.stringify(text)}`)
  return time
}

function timePattern(element: DerElement | undefined): RegExp {
  return element?.tag === derTag.generalizedTime ? /^(\d{4})(\d{10})Z$/ : /^(\d\d)(\d{10})Z$/
}
