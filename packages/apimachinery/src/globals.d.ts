/*
 * The few globals of every JavaScript runtime that this package uses; it is compiled without the types of a browser or of
 * Node.
 */

export {}

declare global {
  var TextEncoder: { new (): { encode(text?: string): Uint8Array } }
  var TextDecoder: {
    new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): { decode(bytes?: Uint8Array): string }
  }
}
