import { type DerElement, derContent, derElements, derObjectIdentifier, derTag, derText } from './der.ts'
import { X509SyntaxError } from './syntax-error.ts'

/** One attribute of a name; those without a text are left out. */
export interface NameAttribute {
  /** Its object identifier, dotted. */
  readonly type: string
  readonly value: string
}

/** A subject or an issuer: its attributes in order, repetitions included. */
export type DistinguishedName = readonly NameAttribute[]

/** Object identifiers of the attributes that say who somebody is. */
export const nameAttributeTypes = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
} as const

/**
 * Reads a name from its DER. The printed form is no substitute: a name may contain whatever the printed form uses to
 * separate names. Throws X509SyntaxError.
 */
export function readDistinguishedName(element: DerElement | undefined): DistinguishedName {
  return derElements(derContent(element, derTag.sequence)).flatMap((relativeName) =>
    derElements(derContent(relativeName, derTag.set)).flatMap(readAttribute),
  )
}

function readAttribute(element: DerElement): readonly NameAttribute[] {
  const [type, value] = derElements(derContent(element, derTag.sequence))
  if (value === undefined) throw new X509SyntaxError('asn1: structure error: attribute without a value')
  const text = derText(value)
  return text === undefined ? [] : [{ type: derObjectIdentifier(type), value: text }]
}

/** The values of all attributes of a type. */
export function nameValues(name: DistinguishedName, type: string): readonly string[] {
  return name.filter((attribute) => attribute.type === type).map(({ value }) => value)
}

/** The last one when there are several; empty when there is none. */
export function commonNameOf(name: DistinguishedName): string {
  return nameValues(name, nameAttributeTypes.commonName).at(-1) ?? ''
}

export function organizationsOf(name: DistinguishedName): readonly string[] {
  return nameValues(name, nameAttributeTypes.organization)
}
