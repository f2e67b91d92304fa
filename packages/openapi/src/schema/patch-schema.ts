import type { PatchField, PatchSchema } from '@fairlead/apimachinery'
import type { FieldSchema, Schema, StructSchema } from './schema.ts'

/** How strategic merge patch treats the fields of a struct. */
export function patchSchemaOf(schema: StructSchema): PatchSchema {
  const fields = new Map<string, PatchField>()
  return {
    field(name) {
      const known = fields.get(name)
      if (known !== undefined) return known
      const field = schema.fields().byName.get(name)
      if (field === undefined) return undefined
      const result = patchField(field)
      fields.set(name, result)
      return result
    },
  }
}

function patchField({ schema, patch }: FieldSchema): PatchField {
  const inner = innerStruct(schema)
  return {
    ...patch,
    ...(inner === undefined ? undefined : { schema: patchSchemaOf(inner) }),
    ...(inner !== undefined && schema.kind === 'map' ? { map: true } : undefined),
  }
}

/** The struct itself, that of list items, or that of map values. */
function innerStruct(schema: Schema): StructSchema | undefined {
  if (schema.kind === 'struct') return schema
  if ((schema.kind === 'list' || schema.kind === 'map') && schema.of.kind === 'struct') return schema.of
  return undefined
}
