import type { SigningToken } from './bootstrap-token.ts'

/**
 * A JWS of `content` without the content (RFC 7515, appendix F), signed with a token: whoever has the token knows that the
 * content comes from somebody who has it too.
 */
export async function detachedSignature(content: string, { id, secret }: SigningToken): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign'])
  const header = base64Url(bytes(JSON.stringify({ alg: 'HS256', kid: id })))
  const signature = await crypto.subtle.sign('HMAC', key, bytes(`${header}.${base64Url(bytes(content))}`))
  return `${header}..${base64Url(new Uint8Array(signature))}`
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function base64Url(data: Uint8Array): string {
  const text = btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
