import { decodeUtf8Strictly } from '../text/utf8-codec.ts'
import { X509SyntaxError } from './syntax-error.ts'

/** One element of a DER encoding. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  /** Tag and length included. */
  readonly encoding: Uint8Array
}

/** The tags that certificates are made of. */
export const derTag = {
  boolean: 0x01,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** The elements that follow each other in `bytes`. Definite, minimal lengths and single-byte tags only. */
export function derElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = []
  let offset = 0
  while (offset < bytes.length) {
    const tag = byteAt(bytes, offset)
    if ((tag & 0x1f) === 0x1f) throw new X509SyntaxError('asn1: structure error: multi-byte tag')
    const { length, start } = readLength(bytes, offset + 1)
    const end = start + length
    if (end > bytes.length) throw new X509SyntaxError('asn1: syntax error: data truncated')
    elements.push({ tag, content: bytes.subarray(start, end), encoding: bytes.subarray(offset, end) })
    offset = end
  }
  return elements
}

/** The only element of `bytes`. */
export function derElement(bytes: Uint8Array): DerElement {
  const [element, ...others] = derElements(bytes)
  if (element === undefined) throw new X509SyntaxError('asn1: syntax error: data truncated')
  if (others.length > 0) throw new X509SyntaxError('asn1: syntax error: trailing data')
  return element
}

function readLength(bytes: Uint8Array, offset: number): { length: number; start: number } {
  const first = byteAt(bytes, offset)
  if (first < 0x80) return { length: first, start: offset + 1 }
  const size = first & 0x7f
  if (size === 0) throw new X509SyntaxError('asn1: syntax error: indefinite length found (not DER)')
  if (size > 4) throw new X509SyntaxError('asn1: structure error: length too large')
  let length = 0
  for (let index = 1; index <= size; index++) length = length * 256 + byteAt(bytes, offset + index)
  if (length < 0x80 || byteAt(bytes, offset + 1) === 0) {
    throw new X509SyntaxError('asn1: structure error: non-minimal length')
  }
  return { length, start: offset + 1 + size }
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new X509SyntaxError('asn1: syntax error: data truncated')
  return byte
}

/** The content of an element with the tag expected. */
export function derContent(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag === tag) return element.content
  const found = element === undefined ? 'the end' : `tag ${element.tag}`
  throw new X509SyntaxError(`asn1: structure error: tag ${tag} expected, ${found} found`)
}

/** The bytes of a bit string of whole bytes. */
export function derBits(element: DerElement | undefined): Uint8Array {
  const content = derContent(element, derTag.bitString)
  if (content[0] !== 0) throw new X509SyntaxError('asn1: syntax error: invalid padding bits in BIT STRING')
  return content.subarray(1)
}

/** An object identifier in its dotted form. */
export function derObjectIdentifier(element: DerElement | undefined): string {
  const content = derContent(element, derTag.objectIdentifier)
  const arcs: number[] = []
  let arc = 0
  content.forEach((byte, index) => {
    arc = arc * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(arc)) throw new X509SyntaxError('asn1: structure error: base 128 integer too large')
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    } else if (index === content.length - 1) throw new X509SyntaxError('asn1: syntax error: truncated base 128 integer')
  })
  const [head, ...rest] = arcs
  if (head === undefined) throw new X509SyntaxError('asn1: syntax error: zero length OBJECT IDENTIFIER')
  const first = Math.min(Math.floor(head / 40), 2)
  return [first, head - first * 40, ...rest].join('.')
}

/** A directory string as text. Undefined for types that hold no text. */
export function derText({ tag, content }: DerElement): string | undefined {
  switch (tag) {
    case 0x0c:
      return utf8(content)
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
      return latin1(content)
    case 0x1e:
      return bmp(content)
    default:
      return undefined
  }
}

/** One character a byte. */
export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function bmp(bytes: Uint8Array): string {
  if (bytes.length % 2 === 1) throw new X509SyntaxError('asn1: syntax error: invalid BMPString')
  const units = Array.from({ length: bytes.length / 2 }, (_, index) => {
    return ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)
  })
  return units.map((unit) => String.fromCharCode(unit)).join('')
}

function utf8(bytes: Uint8Array): string {
  const text = decodeUtf8Strictly(bytes)
  if (text === undefined) throw new X509SyntaxError('asn1: syntax error: invalid UTF-8 string')
  return text
}
