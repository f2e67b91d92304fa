import { quote } from '@fairlead/apimachinery'

/** Bits of the X.509 key usage extension. */
const keyUsages: Readonly<Record<string, number>> = {
  signing: 1,
  'digital signature': 1,
  'content commitment': 2,
  'key encipherment': 4,
  'data encipherment': 8,
  'key agreement': 16,
  'cert sign': 32,
  'crl sign': 64,
  'encipher only': 128,
  'decipher only': 256,
}

/** Object identifiers of the extended key usage extension, in the order in which they are written. */
const extendedKeyUsages: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
}

/** What a certificate says of its uses. */
export interface KeyUsages {
  readonly bits: number
  readonly extended: readonly string[]
}

/** The usages of the certificates API in X.509's words. Throws for one that nobody knows. */
export function keyUsagesOf(usages: readonly string[]): KeyUsages {
  const unknown = usages.filter((usage) => !Object.hasOwn(keyUsages, usage) && !Object.hasOwn(extendedKeyUsages, usage))
  if (unknown.length > 0) throw new Error(`unrecognized usage values: [${unknown.map(quote).join(' ')}]`)
  const wanted = new Set(usages)
  const entries = Object.entries(extendedKeyUsages).filter(([usage]) => wanted.has(usage))
  return {
    bits: usages.reduce((bits, usage) => bits | (keyUsages[usage] ?? 0), 0),
    extended: [...new Set(entries.map(([, identifier]) => identifier))],
  }
}
