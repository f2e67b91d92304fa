import { badRequest, quote } from '@fairlead/apimachinery'

const decimal = /^[+-]?[0-9]+$/
const int64Max = 2n ** 63n - 1n

/**
 * A query parameter that is an int64; undefined when it is absent. Values beyond what a number holds exactly come back
 * as the nearest such number. Throws BadRequest.
 */
export function queryInt64(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  if (!decimal.test(value)) throw badRequest(`strconv.ParseInt: parsing ${quote(value)}: invalid syntax`)
  const exact = BigInt(value.startsWith('+') ? value.slice(1) : value)
  if (exact > int64Max || exact < -int64Max - 1n) {
    throw badRequest(`strconv.ParseInt: parsing ${quote(value)}: value out of range`)
  }
  return Number(exact)
}
