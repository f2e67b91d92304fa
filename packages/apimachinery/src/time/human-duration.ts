import { parseTimestamp } from './timestamp.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/**
 * A length of time in two or three significant figures, as `kubectl get` shows ages: `5s`, `2m10s`, `3h`, `4d2h`,
 * `2y3d`. Up to two seconds before zero count as `0s`, for clocks that disagree; more is `<invalid>`.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / second)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(ms / minute)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(ms / hour)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 24 * 8) return pair(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.floor(days / 365)
  if (hours < 24 * 365 * 8) return pair(years, 'y', days % 365, 'd')
  return `${years}y`
}

/**
 * How long ago `timestamp` was at `now` (milliseconds since the epoch), as the Age column of a table shows it:
 * `<unknown>` without a timestamp, `<invalid>` for one that is no time or lies in the future.
 */
export function humanAge(timestamp: string | null | undefined, now: number): string {
  if (timestamp === undefined || timestamp === null || timestamp === '') return '<unknown>'
  const then = parseTimestamp(timestamp)
  if (then === undefined) return '<invalid>'
  return then === zeroTime ? '<unknown>' : humanDuration(now - then)
}

/** 0001-01-01T00:00:00Z, which stands for "no time". */
const zeroTime = -62_135_596_800_000

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}
