import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import type { Schema, StructSchema } from './schema.ts'

/** The paths of all fields that the schema does not declare, in document order: `spec.containers[0].foo`. */
export function unknownFields(schema: StructSchema, body: JsonObject): readonly string[] {
  const found: string[] = []
  walkStruct(schema, body, { prefix: '', found })
  return found
}

interface Walk {
  /** The path of the value, empty for the body itself. */
  readonly prefix: string
  readonly found: string[]
}

function walkStruct(schema: StructSchema, body: JsonObject, { prefix, found }: Walk): void {
  const { byName } = schema.fields()
  for (const [key, value] of Object.entries(body)) {
    if (value === undefined) continue
    const path = prefix === '' ? key : `${prefix}.${key}`
    const field = byName.get(key)
    if (field === undefined) found.push(path)
    else walk(field.schema, value, { prefix: path, found })
  }
}

function walk(schema: Schema, value: JsonValue, { prefix, found }: Walk): void {
  if (typeof value !== 'object' || value === null) return
  if (schema.kind === 'list' && Array.isArray(value)) {
    for (const [index, element] of value.entries()) walk(schema.of, element, { prefix: `${prefix}[${index}]`, found })
    return
  }
  if (Array.isArray(value)) return
  if (schema.kind === 'struct') walkStruct(schema, value, { prefix, found })
  if (schema.kind !== 'map') return
  for (const [key, element] of Object.entries(value)) {
    if (element !== undefined) walk(schema.of, element, { prefix: `${prefix}.${key}`, found })
  }
}
