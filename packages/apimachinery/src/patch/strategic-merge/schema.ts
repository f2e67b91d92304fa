import { plainError } from '../../errors/reasons.ts'
import { quote } from '../../text/quote.ts'
import type { PatchField, PatchSchema } from '../patch-schema.ts'

/** How a field is merged. Lists are replaced and structs merged unless the strategy says otherwise. */
export interface FieldRules {
  readonly strategy: 'merge' | 'replace' | undefined
  /** Empty where items have no key. */
  readonly mergeKey: string
  /** Of the struct, or of list items. */
  readonly schema: PatchSchema | undefined
}

/** Looks a field up. Only structs have fields: the values of a map cannot be merged, which is a plain error. */
export function rulesOf(schema: PatchSchema | undefined, key: string): FieldRules {
  if (schema === undefined) {
    throw plainError('merging an object in json but data type is not struct, instead is: map')
  }
  const field = schema.field(key)
  if (field === undefined) {
    throw plainError(`unable to find api field in struct ${schema.name ?? ''} for the json field ${quote(key)}`)
  }
  return { strategy: strategyOf(field), mergeKey: field.mergeKey ?? '', schema: field.map ? undefined : field.schema }
}

/** `retainKeys` only matters to clients that compute a patch. */
function strategyOf(field: PatchField): 'merge' | 'replace' | undefined {
  for (const strategy of field.strategies) if (strategy !== 'retainKeys') return strategy
  return undefined
}
