import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire'

/** The bytes of a base64 text, which objects hold in place of bytes. White space and missing padding are tolerated. */
export function decodeBase64(text: string): Uint8Array {
  return base64Decode(text)
}

export function encodeBase64(bytes: Uint8Array): string {
  return base64Encode(bytes)
}
