import type { PatchField, PatchSchema } from '../../patch-schema.ts'

/**
 * A struct with a field of every kind that strategic merge patch tells apart. Structs and maps in it go on for ever:
 * `things`, `otherThings`, `nested`, `replaced` and `union` are Things again.
 */
export const thing: PatchSchema = {
  name: 'Thing',
  field: (name) => fields()[name],
}

const fields = (): Readonly<Record<string, PatchField>> => ({
  name: { strategies: [] },
  value: { strategies: [] },
  other: { strategies: [] },
  /** A list of structs that merges by name. */
  things: { strategies: ['merge'], mergeKey: 'name', schema: thing },
  /** A list of structs that is replaced. */
  otherThings: { strategies: [], schema: thing },
  /** A set of scalars. */
  numbers: { strategies: ['merge'] },
  /** A list of scalars that is replaced. */
  otherNumbers: { strategies: [] },
  nested: { strategies: [], schema: thing },
  replaced: { strategies: ['replace'], schema: thing },
  labels: { strategies: [], map: true },
  union: { strategies: ['retainKeys'], schema: thing },
  unions: { strategies: ['merge', 'retainKeys'], mergeKey: 'name', schema: thing },
})
