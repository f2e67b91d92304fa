const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/**
 * A point in time as it stands in metadata: RFC 3339, UTC, whole seconds (parts of a second are cut off, towards the
 * past). `ms` counts from the epoch and must lie in the years 0 to 9999.
 */
export function formatTimestamp(ms: number): string {
  const text = new Date(Math.floor(ms / 1000) * 1000).toISOString()
  return `${text.slice(0, -5)}Z`
}

/**
 * Milliseconds since the epoch of an RFC 3339 time with any offset, finer parts cut off; undefined for anything else,
 * also for a day that the month does not have.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const offset = parseOffset(match[8] ?? 'Z')
  if (offset === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + milliseconds
}

function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(4))
  if (hours > 24 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
