import type { JsonObject, KubeObject } from '@fairlead/apimachinery'

/** The text under a key of a Secret; empty when it has none. */
export function secretText(secret: KubeObject, key: string): string {
  const value = (secret['data'] as JsonObject | undefined)?.[key]
  if (typeof value !== 'string') return ''
  return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)))
}

/** A text as it stands in the data of a Secret. */
export function secretValue(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}
