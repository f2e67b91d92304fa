import { encodeJson, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { decodeWithSchema, type Schema } from '@fairlead/openapi'
import { expect, test } from 'vitest'
import { schemas } from '../resources/schemas.ts'
import { computedDefaults, defaultsTable } from './computed-defaults.ts'

/** A body with every field of a schema, and those of inner ones as far as `depth`. */
function fullBody(schema: Schema, depth: number): JsonValue {
  switch (schema.kind) {
    case 'struct':
      if (depth <= 0) return {}
      return Object.fromEntries(schema.fields().list.map((field) => [field.name, fullBody(field.schema, depth - 1)]))
    case 'list':
      return [fullBody(schema.of, depth)]
    case 'map':
      return { b: fullBody(schema.of, depth), a: fullBody(schema.of, depth) }
    case 'boolean':
      return true
    case 'int32':
    case 'int64':
    case 'double':
    case 'IntOrString':
      return 7
    case 'Quantity':
      return '7n'
    case 'byte':
      return 'AA=='
    case 'string':
      return 'x'
    case 'Time':
      return '2026-01-02T03:04:05Z'
    default:
      return {}
  }
}

test.each(Object.keys(defaultsTable))('%s: what was defaulted stays as it is, byte by byte', (name) => {
  const schema = schemas.struct(name)
  for (const body of [{}, ...[1, 2, 3, 4].map((depth) => fullBody(schema, depth) as JsonObject)]) {
    const { object } = decodeWithSchema(schema, body)
    expect(encodeJson(decodeWithSchema(schema, object).object)).toBe(encodeJson(object))
  }
})

test('other definitions have none', () => {
  expect(computedDefaults('io.k8s.api.core.v1.ConfigMap')).toBeUndefined()
  expect(computedDefaults('constructor')).toBeUndefined()
})
