import { createSchemaSet, type OpenApiDefinition, type SchemaSet } from '@fairlead/openapi'
import { definition } from '../definitions/definitions.ts'
import { metaDefinitions } from '../definitions/meta-definitions.ts'
import { computedDefaults } from '../defaults/computed-defaults.ts'

/** The schemas of all built-in definitions, compiled as they are used, with the defaults that upstream computes. */
export const schemas: SchemaSet = createSchemaSet(
  (name): OpenApiDefinition => metaDefinitions.get(name) ?? definition(name),
  computedDefaults,
)
