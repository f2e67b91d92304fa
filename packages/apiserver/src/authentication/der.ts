/** One element of a DER encoding. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
}

/** Bytes that are not the DER expected. */
export class DerSyntaxError extends Error {
  override readonly name = 'DerSyntaxError'
}

/** The elements that follow each other in `bytes`. Definite, minimal lengths and single-byte tags only. */
export function derElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = []
  let offset = 0
  while (offset < bytes.length) {
    const tag = byteAt(bytes, offset)
    if ((tag & 0x1f) === 0x1f) throw new DerSyntaxError('multi-byte tag')
    const { length, start } = readLength(bytes, offset + 1)
    if (start + length > bytes.length) throw new DerSyntaxError('element is cut short')
    elements.push({ tag, content: bytes.subarray(start, start + length) })
    offset = start + length
  }
  return elements
}

function readLength(bytes: Uint8Array, offset: number): { length: number; start: number } {
  const first = byteAt(bytes, offset)
  if (first < 0x80) return { length: first, start: offset + 1 }
  const size = first & 0x7f
  if (size === 0 || size > 4) throw new DerSyntaxError('unsupported length')
  let length = 0
  for (let index = 1; index <= size; index++) length = length * 256 + byteAt(bytes, offset + index)
  if (length < 0x80 || byteAt(bytes, offset + 1) === 0) throw new DerSyntaxError('length is not minimal')
  return { length, start: offset + 1 + size }
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new DerSyntaxError('element is cut short')
  return byte
}

/** The content of an element with the tag expected. */
export function derContent(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new DerSyntaxError(`expected tag ${tag}, found ${element?.tag ?? 'the end'}`)
  return element.content
}

/** A directory string as text. Undefined for types that hold no text. */
export function derText(element: DerElement): string | undefined {
  const { tag, content } = element
  switch (tag) {
    case 0x0c:
      return decodeUtf8(content)
    case 0x12:
    case 0x13:
    case 0x16:
      return Buffer.from(content).toString('latin1')
    case 0x14:
      return Buffer.from(content).toString('latin1')
    case 0x1e:
      return Buffer.from(content).swap16().toString('utf16le')
    default:
      return undefined
  }
}

function decodeUtf8(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch (error) {
    throw new DerSyntaxError('text is not UTF-8', { cause: error })
  }
}
