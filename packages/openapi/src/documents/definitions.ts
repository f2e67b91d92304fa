import type { JsonObject, JsonValue } from '@fairlead/apimachinery'
import type { DefinitionSource } from './documented-resource.ts'
import type { Pause } from './pause.ts'

const v2Prefix = '#/definitions/'
const v3Prefix = '#/components/schemas/'

/** The names of all definitions that `roots` lead to, themselves included, sorted. */
export async function reachableDefinitions(
  roots: Iterable<string>,
  source: DefinitionSource,
  pause: Pause,
): Promise<readonly string[]> {
  const reached = new Set<string>()
  const waiting = [...roots]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue
    const definition = source(name)
    if (definition === undefined) continue
    reached.add(name)
    collectReferences(definition, waiting)
    await pause()
  }
  return [...reached].sort()
}

function collectReferences(value: JsonValue | undefined, into: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collectReferences(item, into)
  } else if (typeof value === 'object' && value !== null) {
    const reference = value['$ref']
    if (typeof reference === 'string') into.push(reference.slice(v2Prefix.length))
    for (const key of Object.keys(value)) collectReferences(value[key], into)
  }
}

/** The OpenAPI v2 form: no defaults. */
export function toV2(definition: JsonObject): JsonObject {
  return mapSchema(definition, (schema) => {
    const { default: _published, ...rest } = schema
    return rest
  })
}

/**
 * The OpenAPI v3 form: references point to components; a reference with siblings becomes an `allOf`; Quantity and
 * IntOrString become unions. `groupVersion` narrows the kinds that DeleteOptions and WatchEvent list.
 */
export function toV3(definition: JsonObject, groupVersion: { group: string; version: string }): JsonObject {
  return mapSchema(definition, (schema) => {
    const reference = schema['$ref']
    if (typeof reference === 'string') {
      const { $ref: _reference, ...siblings } = schema
      const target = { $ref: `${v3Prefix}${reference.slice(v2Prefix.length)}` }
      return Object.keys(siblings).length === 0 ? target : { ...siblings, allOf: [target] }
    }
    return narrowKinds(toUnion(schema), groupVersion)
  })
}

/** `int-or-string` is both types, and so is a quantity (the only string without a format whose definition is a leaf). */
function toUnion(schema: JsonObject): JsonObject {
  if (schema['format'] === 'int-or-string') {
    const { type: _type, ...rest } = schema
    return { ...rest, oneOf: [{ type: 'integer' }, { type: 'string' }] }
  }
  return schema
}

/** The v3 form of `io.k8s.apimachinery.pkg.api.resource.Quantity`. */
export function quantityToV3(definition: JsonObject): JsonObject {
  const { type: _type, ...rest } = definition
  return { ...rest, oneOf: [{ type: 'string' }, { type: 'number' }] }
}

const kindsExtension = 'x-kubernetes-group-version-kind'

/** Options kinds belong to every group-version; a v3 document lists its own and the core one. */
function narrowKinds(schema: JsonObject, { group, version }: { group: string; version: string }): JsonObject {
  const kinds = schema[kindsExtension]
  if (!Array.isArray(kinds) || kinds.length < 2) return schema
  const own = kinds.filter((entry) => {
    const kind = entry as JsonObject
    return (
      (kind['group'] === '' && kind['version'] === 'v1') || (kind['group'] === group && kind['version'] === version)
    )
  })
  return { ...schema, [kindsExtension]: own }
}

/** Rewrites a schema and the schemas inside it, inner ones first. */
function mapSchema(schema: JsonObject, change: (schema: JsonObject) => JsonObject): JsonObject {
  const result: JsonObject = { ...schema }
  const properties = schema['properties']
  if (isObject(properties)) {
    const mapped: JsonObject = {}
    for (const name of Object.keys(properties)) mapped[name] = mapSchema(properties[name] as JsonObject, change)
    result['properties'] = mapped
  }
  for (const key of ['items', 'additionalProperties']) {
    const inner = schema[key]
    if (isObject(inner)) result[key] = mapSchema(inner, change)
  }
  return change(result)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
