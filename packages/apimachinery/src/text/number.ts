/**
 * A number as messages of the API print it (Go's `%v`): integers up to 2^53 in full; anything else with the shortest
 * digits that read back the same, and with an exponent of at least two digits below 1e-4 and from 1e6 on.
 */
export function formatNumber(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < exponentFrom) return String(value)
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`
}

const exponentFrom = 6
