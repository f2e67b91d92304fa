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
const decoder = new runtime.TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 of a text; a lone surrogate becomes the replacement character. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text of UTF-8 bytes; invalid sequences become the replacement character, a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
