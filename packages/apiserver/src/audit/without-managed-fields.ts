import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'

/** A copy of an object, a list or a table without `managedFields`; what does not change is shared. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const bare = withoutOwn(object)
  const { items, rows } = bare
  if (Array.isArray(items)) return { ...bare, items: items.map((item) => withoutOwnIn(item)) }
  if (bare['kind'] === 'Table' && Array.isArray(rows)) return { ...bare, rows: rows.map((row) => withoutRow(row)) }
  return bare
}

function withoutRow(row: JsonValue): JsonValue {
  return isJsonObject(row) && isJsonObject(row['object']) ? { ...row, object: withoutOwn(row['object']) } : row
}

function withoutOwnIn(value: JsonValue): JsonValue {
  return isJsonObject(value) ? withoutOwn(value) : value
}

function withoutOwn(object: JsonObject): JsonObject {
  const { metadata } = object
  if (!isJsonObject(metadata) || !('managedFields' in metadata)) return object
  const { managedFields: _dropped, ...rest } = metadata
  return { ...object, metadata: rest }
}
