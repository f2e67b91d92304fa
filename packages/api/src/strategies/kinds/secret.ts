import { fieldPath, invalidValue, type JsonObject } from '@fairlead/apimachinery'
import { isObject, objectAt } from '../../values/read.ts'
import type { KindRules } from '../strategy-rules.ts'

/** Strings in `stringData` are for writing only: they overwrite entries of `data` and are never kept. */
export const secretRules: KindRules = {
  prepareForCreate: mergeStringData,
  prepareForUpdate: mergeStringData,
  validateUpdate(next, previous) {
    const { type = opaque } = next
    return type === (previous['type'] ?? opaque) ? [] : [invalidValue(fieldPath('type'), type, 'field is immutable')]
  },
}

/** The type of a secret without one. */
const opaque = 'Opaque'

/** Moves `stringData` into `data`. */
export function mergeStringData(secret: JsonObject): void {
  const { stringData, ...rest } = secret
  if (stringData === undefined) return
  delete secret['stringData']
  if (!isObject(stringData)) return
  const data: JsonObject = { ...objectAt(rest, 'data') }
  for (const [key, text] of Object.entries(stringData)) if (typeof text === 'string') data[key] = base64(text)
  if (Object.keys(data).length === 0) return
  const { type } = secret
  delete secret['type']
  secret['data'] = Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  if (type !== undefined) secret['type'] = type
}

/** What every JavaScript runtime has. */
interface Runtime {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of the UTF-8 form. */
function base64(text: string): string {
  const runtime = globalThis as unknown as Runtime
  const bytes = new runtime.TextEncoder().encode(text)
  let result = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    const digits = [group >> 18, (group >> 12) & 63, (group >> 6) & 63, group & 63].map((digit) => alphabet[digit])
    const missing = Math.max(0, index + 3 - bytes.length)
    result += digits.slice(0, 4 - missing).join('') + '='.repeat(missing)
  }
  return result
}
