import type { Schema } from './schema.ts'

/** The Go type of the elements of a list or map of type `goType`; named types say nothing of theirs. */
export function elementGoType(goType: string, element: Schema): string {
  if (goType.startsWith('[]')) return goType.slice(2)
  if (goType.startsWith('map[')) return goType.slice(goType.indexOf(']') + 1)
  return goTypeOf(element)
}

const plainGoTypes: Readonly<Record<string, string>> = {
  boolean: 'bool',
  byte: '[]uint8',
  double: 'float64',
  int32: 'int32',
  int64: 'int64',
  string: 'string',
}

function goTypeOf(schema: Schema): string {
  if (schema.kind === 'list') return `[]${goTypeOf(schema.of)}`
  if (schema.kind === 'map') return `map[string]${goTypeOf(schema.of)}`
  if (schema.kind === 'struct') return schema.name.split('.').slice(-2).join('.')
  return plainGoTypes[schema.kind] ?? schema.kind
}
