/**
 * A boolean query parameter: absent, `0` and `false` (any case) mean no; everything else means yes, the empty value
 * of `?watch` and `?watch=` too. Of repeated values the first counts.
 */
export function queryFlag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

const decimal = /^[+-]?\d+$/
const int64Max = 2n ** 63n - 1n

/** Whether a query parameter is absent or a decimal int64 as Go parses it. */
export function isInt64OrAbsent(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  if (value === null) return true
  if (!decimal.test(value)) return false
  const number = BigInt(value.startsWith('+') ? value.slice(1) : value)
  return number <= int64Max && number >= -int64Max - 1n
}
