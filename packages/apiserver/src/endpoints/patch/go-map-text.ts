import type { JsonValue } from '@fairlead/apimachinery'

/** Deeper than this, messages say no more. */
const deepest = 200

/** A value as Go prints maps (`map[spec:map[replicas:3]]`): how messages name a strategic merge patch. */
export function formatAsGoMap(value: JsonValue | undefined, depth = 0): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value !== 'object') return String(value)
  if (depth === deepest) return '...'
  if (Array.isArray(value)) return `[${value.map((item) => formatAsGoMap(item, depth + 1)).join(' ')}]`
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${formatAsGoMap(value[key], depth + 1)}`)
  return `map[${members.join(' ')}]`
}
