import { definition as builtinDefinition } from '@fairlead/api'
import { deepCopy, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { createSchemaSet, decodeWithSchema, type KindDescription, patchSchemaOf } from '@fairlead/openapi'
import { type KindDefinitions, kindDefinitions } from '../schema/definitions.ts'
import type { SchemaNode } from '../schema/schema-type.ts'
import type { KindObject } from './kind.ts'

/** One version of a kind, ready to read bodies, with what OpenAPI shows of it. */
export interface DescribedVersion {
  readonly description: KindDescription
  readonly definitions: KindDefinitions
}

/** How bodies of one version are read: known fields, defaults of the schema, then those of the author. */
export function describeVersion(
  kind: { readonly group: string; readonly version: string; readonly kind: string },
  node: Extract<SchemaNode, { readonly type: 'object' }>,
  setDefaults: ((object: KindObject<JsonObject>) => void) | undefined,
): DescribedVersion {
  const definitions = kindDefinitions({ group: kind.group, version: kind.version, kind: kind.kind }, node)
  const schemas = createSchemaSet((name) => definitions.definitions.get(name) ?? builtinDefinition(name))
  const schema = schemas.struct(definitions.name)
  const description: KindDescription = {
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    definition: definitions.name,
    decode(body) {
      const decoded = decodeWithSchema(schema, body)
      if (setDefaults === undefined) return decoded
      const object = deepCopy(decoded.object) as KubeObject
      setDefaults(object)
      // Once more, so that what was added stands where the schema has it.
      return { ...decoded, object: decodeWithSchema(schema, object).object }
    },
    patchSchema: patchSchemaOf(schema),
  }
  return { description, definitions }
}
