/*
 * The few globals of every JavaScript runtime that this package uses; it is compiled without the types of a browser or of
 * Node.
 */

declare class TextEncoder {
  encode(text?: string): Uint8Array
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: Uint8Array): string
}
