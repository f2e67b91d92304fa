import type { JsonObject } from '@fairlead/apimachinery'
import { type DefinitionSource, definitionDocument } from '@fairlead/openapi'
import { definition, definitionNames, definitionTexts } from './definitions.ts'

/**
 * The published definitions as OpenAPI documents show them, with their descriptions. Loads the descriptions, which nothing
 * else needs; each definition is made once.
 */
export async function definitionSource(): Promise<DefinitionSource> {
  const texts = await definitionTexts()
  const published = new Set(definitionNames())
  const made = new Map<string, JsonObject>()
  return (name) => {
    if (!published.has(name)) return undefined
    const known = made.get(name)
    if (known !== undefined) return known
    const document = definitionDocument(definition(name), texts.get(name))
    made.set(name, document)
    return document
  }
}
