import { type JsonObject, parseQuantity, Quantity } from '@fairlead/apimachinery'
import type { StructDefaults } from '@fairlead/openapi'
import { isObject } from '../values/read.ts'

const milli = -3
/** Texts that may be finer than a thousandth: other suffixes and whole numbers are not. */
const mayBeFiner = /[nue.]/

/** Amounts of resources are kept in thousandths, rounded away from zero. */
export function rounding(...fields: readonly string[]): StructDefaults {
  return (object) => {
    let added: JsonObject | undefined
    for (const field of fields) {
      const list = object[field]
      const rounded = isObject(list) ? roundedUp(list) : undefined
      if (rounded !== undefined) (added ??= {})[field] = rounded
    }
    return added
  }
}

/** Undefined when nothing is finer than a thousandth. */
function roundedUp(list: JsonObject): JsonObject | undefined {
  let result: JsonObject | undefined
  for (const [name, amount] of Object.entries(list)) {
    if (typeof amount !== 'string' || !mayBeFiner.test(amount)) continue
    const quantity = parseQuantity(amount)
    const rounded = new Quantity({ unscaled: quantity.scaled(milli), scale: milli }, quantity.format)
    if (rounded.compare(quantity) !== 0) (result ??= { ...list })[name] = rounded.toString()
  }
  return result
}

/** A resource list with the entries of `more` that it lacks, in key order; undefined when it lacks none. */
export function withMissing(list: JsonObject | undefined, more: JsonObject): JsonObject | undefined {
  const missing = Object.entries(more).filter(([name]) => list === undefined || !Object.hasOwn(list, name))
  return missing.length === 0 ? undefined : sorted([...Object.entries(list ?? {}), ...missing])
}

/** Maps are written in the order of their keys. */
function sorted(entries: readonly (readonly [string, JsonObject[string]])[]): JsonObject {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
