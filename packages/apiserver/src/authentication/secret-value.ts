import type { KubeObject } from '@fairlead/apimachinery'

/** The bytes of one key of a Secret; empty when it has none. */
export function secretValue(secret: KubeObject, key: string): Buffer {
  const data = secret['data']
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return Buffer.alloc(0)
  const value = Object.hasOwn(data, key) ? data[key] : undefined
  return typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0)
}
