/*
 * The encoder and decoder of every JavaScript runtime, with just the types that are used here: this package is compiled
 * without the types of a browser or of Node.
 */

interface Runtime {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
  readonly TextDecoder: new (
    label: string,
    options: { readonly ignoreBOM?: boolean; readonly fatal?: boolean },
  ) => { decode(bytes: Uint8Array): string }
}

const runtime = globalThis as unknown as Runtime
const encoder = new runtime.TextEncoder()
const strict = new runtime.TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
const lenient = new runtime.TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 of a text; a lone surrogate becomes the replacement character. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * The text of UTF-8 bytes; a byte order mark stays. As in Go, each byte that is no part of a character becomes one
 * replacement character.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return decodeUtf8Strictly(bytes) ?? decodeInvalid(bytes)
}

/** The text of UTF-8 bytes; a byte order mark stays. Undefined for bytes that are not UTF-8. */
export function decodeUtf8Strictly(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return undefined
  }
}

/** Decoders of the web put one U+FFFD for a truncated character, Go one for each byte of it. */
function decodeInvalid(bytes: Uint8Array): string {
  const parts: string[] = []
  let start = 0
  for (let position = 0; position < bytes.length; ) {
    const length = characterLength(bytes, position)
    if (length > 0) {
      position += length
      continue
    }
    parts.push(lenient.decode(bytes.subarray(start, position)), '\ufffd')
    position += 1
    start = position
  }
  parts.push(lenient.decode(bytes.subarray(start)))
  return parts.join('')
}

/** How many bytes the character at `position` has; 0 when they are no character. */
function characterLength(bytes: Uint8Array, position: number): number {
  const lead = bytes[position] ?? 0
  if (lead < 0x80) return 1
  const length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
  for (let index = 1; index < length; index++) {
    const byte = bytes[position + index] ?? 0
    if (byte < 0x80 || byte > 0xbf || (index === 1 && !isSecond(lead, byte))) return 0
  }
  return length
}

/** Rules out overlong forms, surrogates and what lies beyond U+10FFFF. */
function isSecond(lead: number, byte: number): boolean {
  if (lead === 0xe0) return byte >= 0xa0
  if (lead === 0xed) return byte < 0xa0
  if (lead === 0xf0) return byte >= 0x90
  return lead !== 0xf4 || byte < 0x90
}
