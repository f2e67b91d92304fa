import type { JsonValue } from '../meta/object.ts'
import { formatNumber } from './number.ts'

/**
 * A JSON value as messages of the API print it inside text (Go's `%v`): `map[a:1 b:[x y] c:<nil>]`, keys sorted, strings
 * bare.
 */
export function formatGoValue(root: JsonValue | undefined): string {
  const parts: string[] = []
  const tasks: (string | { readonly value: JsonValue | undefined })[] = [{ value: root }]
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (typeof task === 'string') {
      parts.push(task)
      continue
    }
    const { value } = task
    if (typeof value !== 'object' || value === null) {
      parts.push(formatScalar(value))
    } else if (Array.isArray(value)) {
      parts.push('[')
      tasks.push(']')
      for (let index = value.length - 1; index >= 0; index--) {
        tasks.push({ value: value[index] }, index === 0 ? '' : ' ')
      }
    } else {
      parts.push('map[')
      tasks.push(']')
      const keys = Object.keys(value).sort()
      for (let index = keys.length - 1; index >= 0; index--) {
        const key = keys[index] as string
        tasks.push({ value: value[key] }, `${index === 0 ? '' : ' '}${key}:`)
      }
    }
  }
  return parts.join('')
}

function formatScalar(value: Exclude<JsonValue, object> | null | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  return typeof value === 'number' || typeof value === 'bigint' ? formatNumber(value) : String(value)
}
