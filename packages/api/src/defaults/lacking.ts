import { deepCopy, type JsonObject } from '@fairlead/apimachinery'
import type { StructDefaults } from '@fairlead/openapi'
import { isObject } from '../values/read.ts'

/** Defaults by the name of the definition that they complete. */
export type DefaultsTable = Readonly<Record<string, StructDefaults>>

/** The part of `wanted` that `object` does not have, objects member by member; undefined when it has all of it. */
export function lacking(object: JsonObject, wanted: JsonObject): JsonObject | undefined {
  let missing: JsonObject | undefined
  for (const key in wanted) {
    const value = wanted[key] as JsonObject[string]
    const present = object[key]
    let part: JsonObject[string] | undefined
    if (present === undefined || present === null) part = deepCopy(value)
    else if (isObject(value) && isObject(present)) part = lacking(present, value)
    if (part !== undefined) (missing ??= {})[key] = part
  }
  return missing
}

/** Defaults that do not depend on anything. */
export function always(wanted: JsonObject): StructDefaults {
  return (object) => lacking(object, wanted)
}

/** Defaults of fields whose zero value means absent although it is written. */
export function unlessZero(wanted: Readonly<Record<string, number | string>>): StructDefaults {
  return (object) => {
    const missing = Object.entries(wanted).filter(([key]) => !object[key])
    return missing.length === 0 ? undefined : Object.fromEntries(missing)
  }
}

/** What several rules add that know nothing of each other. */
export function together(...rules: readonly StructDefaults[]): StructDefaults {
  return (object) => {
    let added: JsonObject | undefined
    for (const rule of rules) {
      const more = rule(object)
      if (more !== undefined) added = added === undefined ? more : Object.assign(added, more)
    }
    return added
  }
}

/** The same for rules that look at the fields which earlier ones replaced. */
export function inTurn(...rules: readonly StructDefaults[]): StructDefaults {
  return (object) => {
    let added: JsonObject | undefined
    for (const rule of rules) {
      const more = rule(added === undefined ? object : { ...object, ...added })
      if (more !== undefined) added = { ...added, ...more }
    }
    return added
  }
}
