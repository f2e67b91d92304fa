import type { JsonValue } from '@fairlead/apimachinery'

/** A value as Go prints maps (`map[spec:map[replicas:3]]`): how messages name a strategic merge patch. */
export function formatAsGoMap(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(formatAsGoMap).join(' ')}]`
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${formatAsGoMap(value[key])}`)
  return `map[${members.join(' ')}]`
}
