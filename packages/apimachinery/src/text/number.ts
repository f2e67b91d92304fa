/**
 * A number as messages of the API print it (Go's `%v`): shortest digits that read back the same, with an exponent of
 * at least two digits below 1e-4 and from 1e21 on. A `bigint` prints in full.
 */
export function formatNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString()
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-4 && magnitude < 1e21) return String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`
}
