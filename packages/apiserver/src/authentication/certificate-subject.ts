import { type DerElement, DerSyntaxError, derContent, derElements, derText } from './der.ts'

/** What a certificate's subject says about its holder. */
export interface CertificateSubject {
  /** Empty when there is none; the last one when there are several. */
  readonly commonName: string
  /** In order, repetitions included. */
  readonly organizations: readonly string[]
  readonly uids: readonly string[]
}

const sequence = 0x30
const set = 0x31
const objectIdentifier = 0x06
const explicitVersion = 0xa0

// Object identifiers as their DER content, in hex.
const commonName = '550403'
const organization = '55040a'
/** 1.3.6.1.4.1.57683.2 */
const uid = '2b0601040183c25302'

/**
 * Reads the subject from the certificate itself. The printed form is no substitute: a name may contain whatever the
 * printed form uses to separate names. Throws DerSyntaxError.
 */
export function certificateSubject(der: Uint8Array): CertificateSubject {
  const [certificate] = derElements(der)
  const [body] = derElements(derContent(certificate, sequence))
  const fields = derElements(derContent(body, sequence))
  const skipped = fields[0]?.tag === explicitVersion ? 1 : 0
  // After the version: serial number, signature algorithm, issuer, validity, subject.
  const subject = derContent(fields[skipped + 4], sequence)

  let name = ''
  const organizations: string[] = []
  const uids: string[] = []
  for (const [type, value] of attributes(subject)) {
    if (type === commonName) name = value
    else if (type === organization) organizations.push(value)
    else if (type === uid) uids.push(value)
  }
  return { commonName: name, organizations, uids }
}

function* attributes(subject: Uint8Array): Generator<readonly [string, string]> {
  for (const relativeName of derElements(subject)) {
    for (const attribute of derElements(derContent(relativeName, set))) {
      const [type, value] = derElements(derContent(attribute, sequence)) as readonly (DerElement | undefined)[]
      if (value === undefined) throw new DerSyntaxError('attribute without a value')
      const text = derText(value)
      if (text !== undefined) yield [Buffer.from(derContent(type, objectIdentifier)).toString('hex'), text]
    }
  }
}
